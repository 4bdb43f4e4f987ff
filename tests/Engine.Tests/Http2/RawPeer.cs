using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Engine.Fields;
using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Http2.Hpack;
using Engine.Testing;
using Microsoft.AspNetCore.Connections;

namespace Engine.Tests.Http2;

/// <summary>The other side of a conversation, frame by frame: it sends whatever a test wants and judges nothing.</summary>
internal sealed class RawPeer(ConnectionContext transport)
{
    private readonly HpackEncoder _encoder = new();
    private readonly HpackDecoder _decoder = new();

    public ConnectionContext Transport => transport;

    /// <summary>Answers PINGs that are met while another frame is expected.</summary>
    public bool AnswersPings { get; set; } = true;

    /// <summary>Whether a PING of <see cref="PeerExtensions.ReadUntilPongAsync"/> is under way.</summary>
    public bool AwaitsPong { get; set; }

    public static FieldList Request(string method = "GET", string path = "/", params (string Name, string Value)[] fields) =>
        Fields([(":method", method), (":scheme", "https"), (":authority", "example.test"), (":path", path), .. fields]);

    public static FieldList Response(int status, params (string Name, string Value)[] fields) =>
        Fields([(":status", status.ToString(System.Globalization.CultureInfo.InvariantCulture)), .. fields]);

    public static FieldList Fields(params (string Name, string Value)[] fields)
    {
        var list = new FieldList();
        foreach (var (name, value) in fields)
        {
            list.Add(Encoding.Latin1.GetBytes(name), value);
        }

        return list;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> octets)
    {
        await transport.Transport.Output.WriteAsync(octets).Within();
    }

    public Task SendAsync(Action<IBufferWriter<byte>> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        write(buffer);
        return SendAsync(buffer.WrittenMemory);
    }

    public Task SendFrameAsync(FrameType type, FrameFlags flags, int streamId, params byte[] payload) =>
        SendAsync(Frame(type, flags, streamId, payload));

    public Task SendPrefaceAsync(params (int Id, uint Value)[] settings) =>
        SendAsync(output =>
        {
            output.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
            FrameWriter.WriteSettings(output, [.. settings.Select(setting => new Setting((SettingId)setting.Id, setting.Value))]);
        });

    public Task SendSettingsAsync(params (int Id, uint Value)[] settings) =>
        SendAsync(output => FrameWriter.WriteSettings(output, [.. settings.Select(setting => new Setting((SettingId)setting.Id, setting.Value))]));

    public Task SendHeadersAsync(int streamId, FieldList fields, bool endStream) =>
        SendAsync(output => FrameWriter.WriteHeaders(output, streamId, Encode(fields), endStream, 16384));

    public Task SendDataAsync(int streamId, ReadOnlyMemory<byte> data, bool endStream = false) =>
        SendAsync(output =>
        {
            FrameWriter.WriteDataHeader(output, streamId, data.Length, endStream);
            output.Write(data.Span);
        });

    public Task SendDataAsync(int streamId, string data, bool endStream = false) =>
        SendDataAsync(streamId, Encoding.Latin1.GetBytes(data), endStream);

    public Task SendResetAsync(int streamId, Http2ErrorCode code) =>
        SendAsync(output => FrameWriter.WriteRstStream(output, streamId, code));

    public Task SendWindowUpdateAsync(int streamId, int increment) =>
        SendAsync(output => FrameWriter.WriteWindowUpdate(output, streamId, increment));

    public byte[] Encode(FieldList fields)
    {
        var block = new ArrayBufferWriter<byte>();
        _encoder.Encode(fields, block);
        return block.WrittenSpan.ToArray();
    }

    public FieldList Decode(RawFrame frame)
    {
        var fields = new FieldList();
        Assert.Equal(HpackDecodeResult.Complete, _decoder.Decode(new ReadOnlySequence<byte>(frame.Payload), fields, 1 << 20));
        return fields;
    }

    public static byte[] Frame(FrameType type, FrameFlags flags, int streamId, params byte[] payload)
    {
        var frame = new byte[FrameHeader.Size + payload.Length];
        new FrameHeader(payload.Length, type, flags, streamId).Write(frame);
        payload.CopyTo(frame, FrameHeader.Size);
        return frame;
    }

    /// <summary>The next frame of any kind, or null at the end of the connection.</summary>
    public async Task<RawFrame?> ReadAsync()
    {
        while (true)
        {
            var result = await transport.Transport.Input.ReadAsync().Within();
            var buffer = result.Buffer;
            if (FrameHeader.TryRead(buffer, out var header) && buffer.Length >= FrameHeader.Size + header.Length)
            {
                var frame = new RawFrame(header, buffer.Slice(FrameHeader.Size, header.Length).ToArray());
                transport.Transport.Input.AdvanceTo(buffer.GetPosition(FrameHeader.Size + header.Length));
                return frame;
            }

            transport.Transport.Input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                Assert.True(buffer.IsEmpty, "The connection ended in the middle of a frame.");
                return null;
            }
        }
    }

    /// <summary>The next frame that is no SETTINGS, PING or WINDOW_UPDATE; it must be of the given type.</summary>
    public async Task<RawFrame> ExpectAsync(FrameType type)
    {
        while (true)
        {
            var frame = await ReadAsync() ?? throw new InvalidOperationException($"The connection ended where {type} was expected.");
            if (frame.Type == type)
            {
                return frame;
            }

            Assert.True(
                frame.Type is FrameType.Settings or FrameType.Ping or FrameType.WindowUpdate,
                $"{type} was expected and {frame} came.");
            if (AnswersPings && frame.Type == FrameType.Ping && !frame.Header.Has(FrameFlags.Ack))
            {
                await SendFrameAsync(FrameType.Ping, FrameFlags.Ack, 0, frame.Payload);
            }
        }
    }

    public async Task<FieldList> ExpectHeadersAsync(int streamId, bool endStream)
    {
        var frame = await ExpectAsync(FrameType.Headers);
        Assert.Equal(streamId, frame.StreamId);
        Assert.Equal(endStream, frame.Header.Has(FrameFlags.EndStream));
        return Decode(frame);
    }

    public async Task<byte[]> ExpectDataAsync(int streamId, bool endStream)
    {
        var frame = await ExpectAsync(FrameType.Data);
        Assert.Equal(streamId, frame.StreamId);
        Assert.Equal(endStream, frame.Header.Has(FrameFlags.EndStream));
        return frame.Payload;
    }

    public async Task<byte[]> ExpectBodyAsync(int streamId)
    {
        var body = new MemoryStream();
        while (true)
        {
            var frame = await ExpectAsync(FrameType.Data);
            Assert.Equal(streamId, frame.StreamId);
            body.Write(frame.Payload);
            if (frame.Header.Has(FrameFlags.EndStream))
            {
                return body.ToArray();
            }
        }
    }

    public async Task ExpectResetAsync(int streamId, Http2ErrorCode code)
    {
        var frame = await ExpectAsync(FrameType.RstStream);
        Assert.Equal((streamId, code), (frame.StreamId, (Http2ErrorCode)frame.Number));
    }

    /// <summary>GOAWAY with the code, and then the end of the connection.</summary>
    public async Task<string> ExpectConnectionErrorAsync(Http2ErrorCode code)
    {
        var frame = await ExpectGoAwayAsync(code);
        await ExpectEndAsync();
        return Encoding.Latin1.GetString(frame.Payload.AsSpan(8));
    }

    public async Task<RawFrame> ExpectGoAwayAsync(Http2ErrorCode code)
    {
        while (true)
        {
            var frame = await ReadAsync() ?? throw new InvalidOperationException("The connection ended without GOAWAY.");
            if (frame.Type == FrameType.GoAway)
            {
                Assert.Equal(code, (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(frame.Payload.AsSpan(4)));
                return frame;
            }
        }
    }

    public async Task ExpectEndAsync()
    {
        while (await ReadAsync() is not null)
        {
        }
    }

    /// <summary>Shows that the connection still works, and that nothing came before but what <see cref="ExpectAsync"/> skips.</summary>
    public async Task ExpectAliveAsync()
    {
        byte[] opaque = [1, 2, 3, 4, 5, 6, 7, 8];
        await SendFrameAsync(FrameType.Ping, FrameFlags.None, 0, opaque);
        while (true)
        {
            var frame = await ExpectAsync(FrameType.Ping);
            if (frame.Header.Has(FrameFlags.Ack))
            {
                if (frame.Payload.AsSpan().SequenceEqual(opaque))
                {
                    return;
                }

                continue;
            }

            await SendFrameAsync(FrameType.Ping, FrameFlags.Ack, 0, frame.Payload);
        }
    }

    /// <summary>The sum of the WINDOW_UPDATE increments that arrived on a stream before the answer to a PING.</summary>
    public async Task<long> CreditAsync(int streamId)
    {
        byte[] opaque = [8, 7, 6, 5, 4, 3, 2, 1];
        await SendFrameAsync(FrameType.Ping, FrameFlags.None, 0, opaque);
        long credit = 0;
        while (true)
        {
            var frame = await ReadAsync() ?? throw new InvalidOperationException("The connection ended.");
            if (frame.Type == FrameType.WindowUpdate && frame.StreamId == streamId)
            {
                credit += frame.Number;
            }
            else if (frame.Type == FrameType.Ping && frame.Header.Has(FrameFlags.Ack) && frame.Payload.AsSpan().SequenceEqual(opaque))
            {
                return credit;
            }
        }
    }
}

/// <summary>One frame as it came.</summary>
internal sealed record RawFrame(FrameHeader Header, byte[] Payload)
{
    public FrameType Type => Header.Type;

    public int StreamId => Header.StreamId;

    /// <summary>The first four octets of the payload.</summary>
    public uint Number => BinaryPrimitives.ReadUInt32BigEndian(Payload);

    public override string ToString() => $"{Type} on {StreamId}, {Header.Flags}, {Payload.Length} octets: {Convert.ToHexString(Payload.AsSpan(0, Math.Min(32, Payload.Length)))}";
}
