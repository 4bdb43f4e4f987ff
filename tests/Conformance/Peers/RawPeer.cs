using System.Threading.Channels;
using Engine.Testing;
using Microsoft.AspNetCore.Connections;

namespace Engine.Conformance.Peers;

/// <summary>One end of a connection that says exactly what the test tells it, right or wrong, and records what it hears.</summary>
/// <remarks>
/// Owned by one test. Writes are kept until something is awaited. What arrives is read at once, on whatever thread brings it, so that the
/// other side is never held up by a test that does not look. Shares no code with the engine but the frame header.
/// </remarks>
internal abstract partial class RawPeer(ConnectionContext transport) : RawScript, IAsyncDisposable
{
    private readonly Channel<RawFrame> _frames = Channel.CreateUnbounded<RawFrame>();
    private readonly List<RawFrame> _heard = [];
    private Task? _reading;

    /// <summary>Sends what is queued; that the other side has left already is no error here, for what it said last is the result.</summary>
    public async Task FlushAsync()
    {
        _reading ??= ReadAllAsync();
        if (Length == 0)
        {
            return;
        }

        try
        {
            await transport.Transport.Output.WriteAsync(ToArray()).Within();
        }
        catch (Exception failure) when (failure is IOException or ConnectionAbortedException or InvalidOperationException)
        {
        }

        Clear();
    }

    /// <summary>Sends what is queued and then FIN.</summary>
    public async Task FinishAsync()
    {
        await FlushAsync();
        try
        {
            await transport.Transport.Output.CompleteAsync().Within();
        }
        catch (Exception failure) when (failure is IOException or ConnectionAbortedException)
        {
            // The other side is gone altogether.
        }
    }

    public async ValueTask DisposeAsync()
    {
        // A connection is disposed of when nobody uses its pipes any more; the abort ends the reading.
        transport.Abort();
        if (_reading is not null)
        {
            await _reading.Within();
        }

        await transport.DisposeAsync();
    }
}
