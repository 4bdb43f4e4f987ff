namespace Engine.Edge.Listening;

/// <summary>What the visitors of one address use.</summary>
/// <remarks>Owned by its <see cref="VisitorBook"/>, under whose lock <see cref="Connections"/> is; the streams are counted from any thread.</remarks>
internal sealed class VisitorAccount
{
    private readonly int _maxStreams;
    private int _streams;

    public VisitorAccount(UInt128 key, int maxStreams)
    {
        Key = key;
        _maxStreams = maxStreams;
    }

    /// <summary>The address, as the book has it.</summary>
    public UInt128 Key { get; }

    /// <summary>Its connections.</summary>
    public int Connections { get; set; }

    /// <summary>Begins a stream: a request, or an upgrade for as long as it lasts.</summary>
    /// <returns>False when there are too many.</returns>
    public bool TryBegin()
    {
        if (Interlocked.Increment(ref _streams) <= _maxStreams || _maxStreams == 0)
        {
            return true;
        }

        End();
        return false;
    }

    /// <summary>Ends a stream.</summary>
    public void End() => Interlocked.Decrement(ref _streams);
}
