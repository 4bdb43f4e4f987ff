using System.Text;
using Engine.Http2.Connections;
using Microsoft.AspNetCore.Connections;

namespace Engine.Http2;

/// <summary>The end of a connection, which happens once, whoever brings it about.</summary>
public sealed partial class Http2Connection
{
    // How long a peer has to read our last frames and to close its side after we have closed ours.
    private static readonly TimeSpan LingerTimeout = TimeSpan.FromSeconds(2);

    private Http2ConnectionEnd? _end;
    private bool _isAborted;

    /// <summary>Whether the connection is over. May be read without the gate.</summary>
    internal bool HasEnded => Volatile.Read(ref _end) is not null;

    /// <summary>Outside of the gate: the drain is complete.</summary>
    internal void Finish()
    {
        var end = Drain.PeerCode is { } code
            ? new Http2ConnectionEnd(Http2EndedBy.Peer, code, $"The peer went away: {Drain.PeerReason}")
            : new Http2ConnectionEnd(Http2EndedBy.Local, Http2ErrorCode.NoError, "The connection was shut down.");
        Conclude(end);
    }

    /// <summary>Outside of the gate: ends the connection, once; everything that waits on it completes.</summary>
    internal void Conclude(Http2ConnectionEnd end, bool abort = false)
    {
        lock (Gate)
        {
            if (_end is not null)
            {
                return;
            }

            _isAborted = abort || end.EndedBy == Http2EndedBy.Transport;
            if (!_isAborted && !(Drain.IsFinal && end.Code == Http2ErrorCode.NoError))
            {
                var code = end.EndedBy == Http2EndedBy.Local ? end.Code : Http2ErrorCode.NoError;
                Sender.GoAway(_streams.LastPeerId, code, end.EndedBy == Http2EndedBy.Local ? Encoding.ASCII.GetBytes(end.Reason) : default);
            }

            Sender.Seal();
            Volatile.Write(ref _end, end);
            FailAll(EndedException());
        }

        Leave();
        if (_isAborted)
        {
            AbortTransport();
        }

        // The receive loop may be waiting for octets that nobody wants any more.
        _transport.Transport.Input.CancelPendingRead();
    }

    private void FailAll(Exception failure)
    {
        _opens.Refuse(_end!.Reason);
        foreach (var stream in OpenStreams())
        {
            stream.Lose(failure);
        }

        foreach (var stream in _accepts.Abandon())
        {
            stream.Abandon();
        }

        Pings.Fail(failure);
        Settings.Fail(failure);
        _headers.Abandon();
        Wakes.Add(static source => WakeQueue.Cancel((CancellationTokenSource)source), _closed);
    }

    /// <summary>What streams and callers fail with after the end.</summary>
    private Exception EndedException()
    {
        var end = _end!;
        return end.EndedBy == Http2EndedBy.Local
            ? end.Exception as ConnectionAbortedException ?? new ConnectionAbortedException(end.Reason, end.Exception!)
            : new ConnectionResetException(end.Reason, end.Exception!);
    }

    /// <summary>Outside of the gate: the drain took too long; what still runs is cut.</summary>
    private void Cut() =>
        Conclude(new Http2ConnectionEnd(Http2EndedBy.Local, Http2ErrorCode.Cancel, "The connection was shut down before its streams had ended."));

    private async Task ReceiveAsync()
    {
        try
        {
            await _receive.RunAsync();
        }
        catch (Exception exception)
        {
            // A defect of ours; it must not leave a transport without an owner.
            Conclude(new Http2ConnectionEnd(Http2EndedBy.Local, Http2ErrorCode.InternalError, exception.Message, exception));
        }

        if (_options.Logger is { } logger)
        {
            Http2Log.Ended(logger, ConnectionId, _end!.EndedBy, _end.Code, _end.Reason, _end.Exception);
        }
    }

    private void SendingFailed(Exception exception) =>
        Conclude(new Http2ConnectionEnd(Http2EndedBy.Transport, Http2ErrorCode.NoError, exception.Message, exception));

    private void AbortTransport() =>
        _transport.Abort(_end!.Exception as ConnectionAbortedException ?? new ConnectionAbortedException(_end.Reason, _end.Exception!));

    /// <summary>Sends what is left and FIN, waits a little for the peer's, and lets the transport go.</summary>
    private async Task CloseTransportAsync()
    {
        Liveness.Dispose();
        var transport = _transport.Transport;
        using var linger = new CancellationTokenSource(LingerTimeout, _options.TimeProvider);
        await using (linger.Token.UnsafeRegister(static transport => ((ConnectionContext)transport!).Abort(), _transport))
        {
            try
            {
                if (!_isAborted)
                {
                    Sender.Uncork();
                    await Sender.WhenIdleAsync();
                    await transport.Output.CompleteAsync();
                    await DrainInputAsync();
                }
            }
            catch (Exception)
            {
                // The transport broke while it was closed; how the connection ended is known already.
            }
        }

        if (_isAborted)
        {
            // Whoever ended the connection may not have come so far yet, and a transport that is disposed alone ends in order.
            AbortTransport();
        }

        try
        {
            await transport.Input.CompleteAsync();
            await _transport.DisposeAsync();
        }
        catch (Exception)
        {
            // As above: nobody who waits for the end may wait for ever because of it.
        }
    }

    /// <summary>Reads to the peer's end: a socket that is closed with octets unread sends RST, which could destroy our last frames on their way.</summary>
    private async Task DrainInputAsync()
    {
        while (true)
        {
            var result = await _transport.Transport.Input.ReadAsync();
            _transport.Transport.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }
}
