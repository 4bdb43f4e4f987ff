namespace Engine.Interop.Http2;

/// <summary>The tests that load or measure the machine: they run one after the other, and beside no other test.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneAtATime
{
    public const string Name = "one at a time";
}
