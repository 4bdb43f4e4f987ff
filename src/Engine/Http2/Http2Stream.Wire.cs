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
    private bool _noContent;

    /// <summary>Where the stream stands.</summary>
    internal ref readonly StreamState State => ref _state;

    /// <summary>The sending half.</summary>
    internal StreamOutput Output => _output;

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
            Connection.Settings.JudgeInitialWindow();
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

            Connection.Settings.JudgeInitialWindow();
        }
    }

    /// <summary>The initial size of windows has changed.</summary>
    internal void ShiftReceiveWindow(int delta)
    {
        _window.Shift(delta);
        if (_state.CanReceive)
        {
            // Of a smaller window what is unreturned may be more than half, and nothing else may come that returns it.
            Connection.Flow.ReturnToStream(StreamId, ref _window, 0);
        }
    }

    /// <summary>Octets were dropped unread: the connection gets its credit, the stream none.</summary>
    internal void Discarded(long octets)
    {
        if (octets > 0)
        {
            _buffered.Remove(Connection.Flow, octets);
            Connection.Settings.JudgeInitialWindow();
        }
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
}
