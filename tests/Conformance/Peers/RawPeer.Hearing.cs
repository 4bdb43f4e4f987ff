using System.Buffers;
using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;
using Microsoft.AspNetCore.Connections;

namespace Engine.Conformance.Peers;

/// <summary>What the peer hears, and what it expects to hear.</summary>
internal abstract partial class RawPeer
{
    /// <summary>How many octets of DATA the other side has allowed on the connection, all in all.</summary>
    public long Credit { get; private set; } = 65_535;

    /// <summary>The next frame, or null when the other side has closed.</summary>
    public async Task<RawFrame?> ReadAsync()
    {
        await FlushAsync();
        try
        {
            if (!await _frames.Reader.WaitToReadAsync().Within())
            {
                return null;
            }
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Nothing more was heard. So far: {Heard()}");
        }

        _frames.Reader.TryRead(out var frame);
        _heard.Add(frame!);
        Hear(frame!);
        if (frame is { Type: FrameType.WindowUpdate, StreamId: 0 })
        {
            Credit += frame.Number;
        }

        return frame;
    }

    /// <summary>Reads until a frame fits; fails with what was heard when the connection ends before.</summary>
    public async Task<RawFrame> ReadUntilAsync(Func<RawFrame, bool> fits, string what)
    {
        while (await ReadAsync() is { } frame)
        {
            if (fits(frame))
            {
                return frame;
            }
        }

        throw new InvalidOperationException($"The connection ended before {what}. Heard: {Heard()}");
    }

    /// <summary>Fails unless the connection ends with GOAWAY and one of the codes, and is then closed (RFC 9113 §5.4.1).</summary>
    public async Task ExpectConnectionErrorAsync(params Http2ErrorCode[] codes)
    {
        var goAway = await ReadUntilAsync(
            frame => frame.Type == FrameType.GoAway && frame.ErrorCode != Http2ErrorCode.NoError, "a GOAWAY with an error");
        Assert.True(Array.IndexOf(codes, goAway.ErrorCode) >= 0, $"Expected GOAWAY {string.Join(" or ", codes)}. Heard: {Heard()}");
        await ExpectCloseAsync();
    }

    /// <summary>Fails unless the stream is reset with one of the codes (RFC 9113 §5.4.2) and the connection goes on.</summary>
    public async Task ExpectStreamErrorAsync(int streamId, params Http2ErrorCode[] codes)
    {
        var reset = await ReadUntilAsync(
            frame => frame.Type == FrameType.GoAway || (frame.Type == FrameType.RstStream && frame.StreamId == streamId), "the stream was reset");
        Assert.True(
            reset.Type == FrameType.RstStream && Array.IndexOf(codes, reset.ErrorCode) >= 0,
            $"Expected RST_STREAM {string.Join(" or ", codes)}. Heard: {Heard()}");
        await ExpectAliveAsync();
    }

    /// <summary>Fails unless the stream is reset with one of the codes, or the connection ends with one: what §5.4.2 leaves to the receiver.</summary>
    public async Task ExpectErrorAsync(int streamId, params Http2ErrorCode[] codes)
    {
        var error = await ReadUntilAsync(
            frame => frame.Type == FrameType.GoAway || (frame.Type == FrameType.RstStream && frame.StreamId == streamId), "an error was told");
        Assert.True(Array.IndexOf(codes, error.ErrorCode) >= 0, $"Expected {string.Join(" or ", codes)}. Heard: {Heard()}");
        await (error.Type == FrameType.GoAway ? ExpectCloseAsync() : ExpectAliveAsync());
    }

    /// <summary>Fails unless the connection still answers PING; streams may have been answered meanwhile, none reset.</summary>
    public async Task ExpectAliveAsync()
    {
        Ping("alive-00");
        var answer = await ReadUntilAsync(
            frame => frame.Type is FrameType.GoAway or FrameType.RstStream || (frame.Type == FrameType.Ping && frame.Payload.AsSpan().SequenceEqual("alive-00"u8)),
            "a PING was answered");
        Assert.True(answer.Type == FrameType.Ping && answer.Header.Has(FrameFlags.Ack), $"Expected the answer to a PING. Heard: {Heard()}");
    }

    /// <summary>Fails unless nothing but the end of the connection follows.</summary>
    public async Task ExpectCloseAsync()
    {
        while (await ReadAsync() is { } frame)
        {
            Assert.True(frame.Type is not FrameType.Headers and not FrameType.Data, $"Expected the end of the connection. Heard: {Heard()}");
        }

        await FinishAsync(); // else the other side lingers for our FIN
    }

    /// <summary>Everything heard so far, for a failing test.</summary>
    public string Heard() => string.Join(", ", _heard);

    /// <summary>Sees every frame that is read, in order.</summary>
    protected virtual void Hear(RawFrame frame)
    {
    }

    /// <summary>What stands before the first frame, on the receiving side.</summary>
    protected virtual int PrefaceLength => 0;

    private async Task ReadAllAsync()
    {
        var input = transport.Transport.Input;
        var skip = PrefaceLength;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync();
                var rest = read.Buffer;
                if (rest.Length >= skip)
                {
                    rest = rest.Slice(skip);
                    skip = 0;
                    while (TryTake(ref rest, out var frame))
                    {
                        _frames.Writer.TryWrite(frame);
                    }
                }

                input.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception failure) when (failure is IOException or ConnectionAbortedException or ConnectionResetException)
        {
            // The end, as far as this side is concerned.
        }

        _frames.Writer.TryComplete();
    }

    private static bool TryTake(ref ReadOnlySequence<byte> rest, out RawFrame frame)
    {
        frame = null!;
        if (!FrameHeader.TryRead(rest, out var header) || rest.Length < FrameHeader.Size + header.Length)
        {
            return false;
        }

        frame = new RawFrame(header, rest.Slice(FrameHeader.Size, header.Length).ToArray());
        rest = rest.Slice(FrameHeader.Size + header.Length);
        return true;
    }
}
