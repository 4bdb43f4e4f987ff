using System.Threading.Channels;
using Engine.Edge.Registry;
using Engine.Fields;
using Engine.Testing;
using Engine.Tunnels;

namespace Engine.Edge.Tests.Fakes;

/// <summary>A connection of a connector that the test plays.</summary>
internal sealed class ScriptedLink : ITunnelLink
{
    private readonly Channel<ScriptedStream> _opened = Channel.CreateUnbounded<ScriptedStream>();
    private int _active;

    public Guid TunnelId { get; init; } = Guid.NewGuid();

    public Guid ConnectorId { get; init; } = Guid.NewGuid();

    public int Index { get; init; }

    public bool IsDraining { get; set; }

    public bool TakesUpgrades { get; set; }

    public int ActiveStreams
    {
        get => _active;
        set => _active = value;
    }

    /// <summary>What opening a stream fails with.</summary>
    public Exception? Refusal { get; set; }

    public int Opened { get; private set; }

    public ValueTask<ITunnelStream> OpenAsync(TunnelStreamKind kind, FieldList head, bool endStream, CancellationToken cancellationToken)
    {
        Opened++;
        if (Refusal is { } refusal)
        {
            return ValueTask.FromException<ITunnelStream>(refusal);
        }

        var copy = new FieldList();
        copy.AddRange(head);
        Interlocked.Increment(ref _active);
        var stream = new ScriptedStream(kind, copy, endStream, () => Interlocked.Decrement(ref _active));
        _opened.Writer.TryWrite(stream);
        return ValueTask.FromResult<ITunnelStream>(stream);
    }

    /// <summary>The next stream that the edge opened.</summary>
    public Task<ScriptedStream> TakeAsync() => _opened.Reader.ReadAsync().Within();

    public bool HasOpened => _opened.Reader.TryPeek(out _);

    public ValueTask DrainAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Abort(string reason) => IsDraining = true;
}
