using Engine.Http2.Connections;
using Engine.Http2.Streams;
using Microsoft.AspNetCore.Connections;

namespace Engine.Http2;

/// <summary>Every way in which a stream ends; unless said otherwise under the connection's gate.</summary>
public sealed partial class Http2Stream
{
    private Exception? _failure;
    private CancellationTokenSource? _closed;
    private bool _released;

    /// <summary>RST_STREAM has arrived.</summary>
    internal void ReceiveReset(Http2ErrorCode code)
    {
        ResetCode = code;
        End(ClosedBy.PeerReset, new Http2StreamResetException(code, $"The peer reset the stream with {code}."));
    }

    /// <summary>The peer broke a rule on this stream.</summary>
    internal void ResetForError(Http2ErrorCode code, string reason) =>
        ResetLocally(code, new Http2StreamResetException(code, $"The stream was reset with {code}: {reason}."));

    /// <summary>The connection is over, or the peer will never see this stream.</summary>
    internal void Lose(Exception failure) => End(ClosedBy.Connection, failure);

    /// <summary>Nobody will ever take the stream: the connection ended before it was accepted.</summary>
    internal void Abandon()
    {
        if (!_released)
        {
            _released = true;
            Release();
        }
    }

    /// <summary>END_STREAM has left.</summary>
    internal void EndSent()
    {
        _state.SendEnd();
        if (_state.IsClosed)
        {
            Connection.StreamClosed(this, ClosedBy.EndStream);
        }
        else if (_released && Connection.Role == Http2Role.Server)
        {
            ResetLocally(Http2ErrorCode.NoError, new ConnectionAbortedException("The stream was disposed of."));
        }
    }

    /// <summary>Takes the gate: resets the stream unless its output was ended.</summary>
    internal void ResetUnlessEnded(Http2ErrorCode code)
    {
        if (!_output.IsEnding)
        {
            Reset(code);
        }
    }

    private void ResetLocally(Http2ErrorCode code, Exception failure)
    {
        if (!_state.IsClosed)
        {
            Connection.Sender.ResetStream(StreamId, code);
            End(ClosedBy.LocalReset, failure);
        }
    }

    private void End(ClosedBy by, Exception failure)
    {
        if (_state.IsClosed)
        {
            return;
        }

        _failure = failure;
        _state.Reset();
        _input.Fail(failure);
        _output.Fail(failure);
        _heads.Fail(failure);

        // A server that has answered in full may refuse the rest of the request with NO_ERROR (RFC 9113 §8.1): its answer is still to be read.
        if (ResetCode != Http2ErrorCode.NoError || !_input.HasEnded)
        {
            CancelClosedToken();
        }

        Connection.StreamClosed(this, by);
    }

    private void Release()
    {
        var answered = Connection.Role == Http2Role.Server && _output.IsEnding;
        if (!answered)
        {
            ResetLocally(FailureCode, new ConnectionAbortedException("The stream was disposed of before it had ended."));
        }
        else if (_state.Phase == StreamPhase.HalfClosedLocal)
        {
            ResetLocally(Http2ErrorCode.NoError, new ConnectionAbortedException("The stream was disposed of."));
        }

        _input.Release();
        _output.Release();
        Connection.StreamReleased();
    }

    private CancellationToken ClosedToken()
    {
        lock (Connection.Gate)
        {
            if (_closed is null)
            {
                _closed = new CancellationTokenSource();
                if (_failure is not null && (ResetCode != Http2ErrorCode.NoError || !_input.HasEnded))
                {
                    _closed.Cancel(); // Nobody listens yet.
                }
            }

            return _closed.Token;
        }
    }

    private void CancelClosedToken()
    {
        if (_closed is not null)
        {
            Connection.Wakes.Add(static source => Connections.WakeQueue.Cancel((CancellationTokenSource)source), _closed);
        }
    }
}
