namespace Engine.Http1;

/// <summary>Where the parts of a request target lie in its bytes.</summary>
internal readonly record struct Http1Target(Http1TargetForm Form, int Length, int AuthorityStart, int AuthorityLength, int PathStart)
{
    public ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> target) => target[Math.Min(PathStart, target.Length)..];
}
