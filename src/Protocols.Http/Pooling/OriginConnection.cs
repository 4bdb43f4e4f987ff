using System.IO.Pipelines;
using Engine.Fields;
using Engine.Http1;
using Microsoft.AspNetCore.Connections;

namespace Engine.Protocols.Http.Pooling;

/// <summary>One connection to an origin, with what its exchanges use again: reader, head, body writer, request fields.</summary>
/// <remarks>Owned by one exchange or by the pool, never by both. <see cref="Abort"/> may come from any thread.</remarks>
internal sealed class OriginConnection : IDuplexPipe
{
    private readonly ConnectionContext _connection;
    private int _isDiscarded;

    public OriginConnection(ConnectionContext connection, Http1Limits limits)
    {
        _connection = connection;
        Input = new OriginInput(connection.Transport.Input);
        Reader = new Http1Reader(Input, limits);
        Body = new Http1BodyWriter(connection.Transport.Output, Http1Framing.None);
    }

    public OriginInput Input { get; }

    public PipeWriter Output => _connection.Transport.Output;

    public Http1Reader Reader { get; }

    public Http1ResponseHead Head { get; } = new();

    public Http1BodyWriter Body { get; }

    public FieldList RequestFields { get; } = new();

    /// <summary>Whether the connection has carried an exchange before this one: it may have died without our knowing.</summary>
    public bool IsReused { get; set; }

    /// <summary>When it was put into the pool, by the pool's clock.</summary>
    public long IdleSince { get; set; }

    /// <summary>Takes the connection out of its pool; made once, by the pool.</summary>
    public Action? LeavePool { get; set; }

    PipeReader IDuplexPipe.Input => Input;

    /// <summary>Resets the connection; whatever waits on it fails.</summary>
    public void Abort(string reason) => _connection.Abort(new ConnectionAbortedException(reason));

    /// <summary>Closes the connection in the background: the origin may still be taking our last octets, and no one needs to wait for that.</summary>
    public void Discard()
    {
        if (Interlocked.Exchange(ref _isDiscarded, 1) == 0)
        {
            Input.OnGone(null);
            _ = DisposeAsync();
        }
    }

    private async Task DisposeAsync()
    {
        try
        {
            await _connection.DisposeAsync();
        }
        catch (Exception)
        {
            // Nothing can be done about a connection that fails to close, and nobody is there to be told.
        }
    }
}
