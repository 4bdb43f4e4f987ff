using System.Buffers;
using System.Text;
using Engine.Fields;
using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Http2.Hpack;
using Engine.Testing;
using Engine.Transports;
using Microsoft.AspNetCore.Connections;

namespace Engine.Tests.Http2;

/// <summary>The receive loop fed one conversation cut, and cut off, at every octet.</summary>
public class CutTests
{
    private static readonly byte[] Conversation = Write();

    [Fact]
    public async Task Wherever_the_octets_are_cut_the_conversation_is_the_same()
    {
        for (var cut = 1; cut < Conversation.Length; cut++)
        {
            var (served, end) = await PlayAsync([Conversation[..cut], Conversation[cut..]]);
            Assert.Equal("/one|/two:hello body;x=y|/three:|", served);
            Assert.True(end.IsClean, $"cut at {cut}: {end}");
        }
    }

    [Fact]
    public async Task One_octet_at_a_time_the_conversation_is_the_same()
    {
        var (served, end) = await PlayAsync([.. Conversation.Select(octet => new[] { octet })]);
        Assert.True(end.IsClean, end.ToString());
        Assert.Equal("/one|/two:hello body;x=y|/three:|", served);
    }

    [Fact]
    public async Task Wherever_the_octets_end_nothing_hangs_and_only_an_end_between_frames_is_clean()
    {
        var boundaries = Boundaries();
        for (var length = 0; length < Conversation.Length; length++)
        {
            var (_, end) = await PlayAsync([Conversation[..length]], isWhole: false);
            Assert.True(!end.IsClean || boundaries.Contains(length), $"cut off at {length}: {end}");
            Assert.Equal(Http2EndedBy.Peer, end.EndedBy);
        }
    }

    /// <summary>What a server serves of the pieces, and how it ends.</summary>
    private static async Task<(string Served, Http2ConnectionEnd End)> PlayAsync(byte[][] pieces, bool isWhole = true)
    {
        var (mine, theirs) = MemoryConnection.CreatePair();
        await using var connection = new Http2Connection(mine, Http2Role.Server, Http2ConnectionOptions.Public());
        var run = connection.RunAsync();
        var served = new StringBuilder();
        var serving = ServeAsync(connection, served);
        foreach (var piece in pieces)
        {
            await theirs.Transport.Output.WriteAsync(piece).Within();
        }

        if (isWhole)
        {
            await new RawPeer(theirs).ExpectEndAsync(); // After our GOAWAY the server closes when it has answered.
        }

        await theirs.Transport.Output.CompleteAsync();
        var end = await run.Within();
        await serving.Within();
        await theirs.DisposeAsync();
        return (served.ToString(), end);
    }

    private static async Task ServeAsync(Http2Connection connection, StringBuilder served)
    {
        while (await connection.AcceptAsync() is Http2Stream stream)
        {
            await using (stream)
            {
                try
                {
                    served.Append(stream.Head.GetString(":path"u8));
                    if (!stream.IsInputEmpty)
                    {
                        served.Append(':').Append(await stream.Transport.Input.ReadTextAsync());
                        if (stream.Trailers is { } trailers)
                        {
                            served.Append(";x=").Append(trailers.GetString("x"u8));
                        }
                    }

                    served.Append('|');
                    stream.WriteHead(RawPeer.Response(204), endStream: true);
                }
                catch (ConnectionResetException)
                {
                    served.Append("reset|");
                }
            }
        }
    }

    private static byte[] Write()
    {
        var output = new ArrayBufferWriter<byte>();
        var encoder = new HpackEncoder();
        output.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        FrameWriter.WriteSettings(output, [new Setting(SettingId.InitialWindowSize, 1000), new Setting(SettingId.MaxFrameSize, 20_000)]);
        FrameWriter.WriteSettingsAck(output);
        FrameWriter.WriteWindowUpdate(output, 0, 1000);
        FrameWriter.WriteHeaders(output, 1, Encode(RawPeer.Request(path: "/one", fields: [("cookie", "secret")])), endStream: true, 16_384);
        FrameWriter.WriteHeaders(output, 3, Encode(RawPeer.Request("POST", "/two", ("content-length", "10"), ("x-test", "value"))), endStream: false, 7);
        FrameWriter.WriteDataHeader(output, 3, 6, endStream: false);
        output.Write("hello "u8);
        output.Write(RawPeer.Frame((FrameType)0x50, 0, 3, 1, 2, 3));
        output.Write(RawPeer.Frame(FrameType.Data, FrameFlags.Padded, 3, [2, .. "body"u8, 0, 0]));
        FrameWriter.WritePing(output, 7, ack: false);
        FrameWriter.WriteHeaders(output, 3, Encode(RawPeer.Fields(("x", "y"))), endStream: true, 16_384);
        FrameWriter.WriteWindowUpdate(output, 3, 5);
        output.Write(RawPeer.Frame(FrameType.Priority, 0, 3, 0, 0, 0, 0, 1));
        FrameWriter.WriteHeaders(output, 5, Encode(RawPeer.Request("POST", "/three")), endStream: false, 16_384);
        FrameWriter.WriteDataHeader(output, 5, 0, endStream: true);
        FrameWriter.WriteGoAway(output, 0, Http2ErrorCode.NoError, "end"u8);
        return output.WrittenSpan.ToArray();

        byte[] Encode(FieldList fields)
        {
            var block = new ArrayBufferWriter<byte>();
            encoder.Encode(fields, block);
            return block.WrittenSpan.ToArray();
        }
    }

    private static HashSet<int> Boundaries()
    {
        var boundaries = new HashSet<int> { 0, 24 };
        for (var at = 24; FrameHeader.TryRead(Conversation.AsSpan(at), out var header);)
        {
            at += FrameHeader.Size + header.Length;
            boundaries.Add(at);
        }

        return boundaries;
    }
}
