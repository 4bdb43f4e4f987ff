using System.Buffers;
using Engine.Fields;
using Engine.Http2.Connections;
using Engine.Http2.FlowControl;
using Engine.Http2.Streams;
using Microsoft.AspNetCore.Connections;

namespace Engine.Http2;

/// <summary>What the connection tells the stream; everything here runs under the connection's gate.</summary>
public sealed partial class Http2Stream
{
    private StreamState _state;
    private ReceiveWindow _window;
    private BufferedOctets _buffered;
    private ContentLength _contentLength;
    private FieldList? _request;
    private FieldList? _receivedTrailers;
    private Exception? _failure;
    private CancellationTokenSource? _closed;
    private bool _released;
    private bool _noContent;

    /// <summary>Where the stream stands.</summary>
    internal ref readonly StreamState State => ref _state;

    /// <summary>The sending half.</summary>
    internal StreamOutput Output => _output;

    /// <summary>Whether the owner has let go.</summary>
    internal bool IsReleased => _released;

    /// <summary>The code with which a stream ends that its owner did not finish.</summary>
    internal Http2ErrorCode FailureCode => Connection.Role == Http2Role.Server ? Http2ErrorCode.InternalError : Http2ErrorCode.Cancel;

    /// <summary>Whether DATA may be sent.</summary>
    internal bool CanSendData => _state.HeadSent && _state.CanSend;

    /// <summary>Whether ending the output makes a whole message.</summary>
    internal bool CanEndOutput => _state.HeadSent;

    /// <summary>Server role: the request has arrived.</summary>
    internal void ReceiveRequest(FieldList head, bool endStream, long? contentLength)
    {
        _state.ReceiveHead(informational: false);
        _request = head;
        IsInputEmpty = endStream;
        _contentLength.Begin(contentLength);
        if (endStream)
        {
            EndReceived();
        }
    }

    /// <summary>Client role: our request is sent.</summary>
    /// <param name="head">The request head.</param>
    /// <param name="endStream">Whether it is all.</param>
    internal void SendRequest(FieldList head, bool endStream)
    {
        _noContent = head.TryGet(":method"u8, out var method) && method.SequenceEqual("HEAD"u8);
        _state.SendHead(endStream: false, informational: false);
        Connection.Sender.Headers(StreamId, head, endStream);
        if (endStream)
        {
            _output.MarkEnded();
            EndSent();
        }
    }

    /// <summary>Client role: a response head has arrived.</summary>
    internal void ReceiveResponse(FieldList head, int status, bool endStream, long? contentLength)
    {
        var informational = status < 200;
        Require(_state.JudgeHead(endStream, informational));
        if (!informational)
        {
            // RFC 9110 §6.4.1: these have no content, whatever their content-length says of another response.
            _noContent |= status is 204 or 304;
            _contentLength.Begin(_noContent ? 0 : contentLength);
            IsInputEmpty = endStream;
            RequireLength(0, endStream);
        }

        if (!_heads.TryAdd(head, !informational))
        {
            throw Error(Http2ErrorCode.EnhanceYourCalm, "too many 1xx responses are unread");
        }

        _state.ReceiveHead(informational);
        if (endStream)
        {
            EndReceived();
        }
    }

    /// <summary>Trailers have arrived.</summary>
    internal void ReceiveTrailers(FieldList trailers, bool endStream)
    {
        Require(_state.JudgeTrailers(endStream));
        RequireLength(0, endStream);
        _receivedTrailers = trailers;
        EndReceived();
    }

    /// <summary>A DATA frame has arrived, which the connection's window already counts.</summary>
    /// <param name="payload">Without padding.</param>
    /// <param name="padding">Padding and its length octet.</param>
    /// <param name="endStream">Whether it is the last.</param>
    /// <remarks>Nothing of a refused frame is buffered; the caller returns it to the connection's window.</remarks>
    internal void ReceiveData(in ReadOnlySequence<byte> payload, int padding, bool endStream)
    {
        var length = payload.Length;
        Require(_state.JudgeData());
        if (!_window.TryTake(length + padding))
        {
            throw Error(Http2ErrorCode.FlowControlError, "DATA exceeds the stream's window");
        }

        RequireLength(length, endStream);
        var flow = Connection.Flow;
        flow.Return(padding);
        if (padding > 0 && !endStream)
        {
            flow.ReturnToStream(StreamId, ref _window, padding);
        }

        if (length > 0 && _input.Append(payload))
        {
            _buffered.Add(flow, length);
        }
        else
        {
            flow.Return(length);
        }

        if (endStream)
        {
            EndReceived();
        }
    }

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

    /// <summary>The reader consumed octets: they return to the windows.</summary>
    internal void Consumed(long octets)
    {
        if (octets > 0)
        {
            _buffered.Remove(Connection.Flow, octets);
            if (_state.CanReceive)
            {
                Connection.Flow.ReturnToStream(StreamId, ref _window, octets);
            }
        }
    }

    /// <summary>Octets were dropped unread: the connection gets its credit, the stream none.</summary>
    internal void Discarded(long octets)
    {
        if (octets > 0)
        {
            _buffered.Remove(Connection.Flow, octets);
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
        CancelClosedToken();
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

    private void EndReceived()
    {
        _state.ReceiveEnd();
        _input.End();
        if (_state.IsClosed)
        {
            Connection.StreamClosed(this, ClosedBy.EndStream);
        }
    }

    private void RequireLength(long octets, bool endStream)
    {
        if (!_contentLength.TryReceive(octets))
        {
            throw Error(Http2ErrorCode.ProtocolError, "there is more DATA than the head allows");
        }

        if (endStream && !_contentLength.IsComplete)
        {
            throw Error(Http2ErrorCode.ProtocolError, "the message is shorter than its content-length");
        }
    }

    private void Require(IllegalMove move)
    {
        if (move != IllegalMove.None)
        {
            throw Error(move.ErrorCode(), move.Describe());
        }
    }

    private Http2StreamException Error(Http2ErrorCode code, string reason) => new(StreamId, code, reason);

    private CancellationToken ClosedToken()
    {
        lock (Connection.Gate)
        {
            if (_closed is null)
            {
                _closed = new CancellationTokenSource();
                if (_failure is not null)
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
