using System.IO.Pipelines;
using Engine.Tunnels.Registration;
using Engine.Tunnels.Registration.Capnp;
using Engine.Tunnels.Registration.Rpc;
using static Engine.Tests.Tunnels.Registration.Messages;

namespace Engine.Tests.Tunnels.Registration;

public class CapnpReaderTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly ulong Text = BitConverter.ToUInt64("engine\0\0"u8);

    [Fact]
    public async Task Messages_cut_at_every_octet_are_read_whole()
    {
        var octets = CapturedMessage.Read("control-http2.txt").Take(3).SelectMany(message => message.Octets).ToArray();
        for (var cut = 0; cut <= octets.Length; cut++)
        {
            var pipe = new Pipe();
            var reader = new CapnpMessageReader(pipe.Reader);
            var kinds = ReadKindsAsync(reader);
            await pipe.Writer.WriteAsync(octets.AsMemory(0, cut));
            await pipe.Writer.WriteAsync(octets.AsMemory(cut));
            await pipe.Writer.CompleteAsync();
            Assert.Equal([RpcMessageKind.Bootstrap, RpcMessageKind.Call, RpcMessageKind.Return], await kinds.WaitAsync(Deadline));
        }
    }

    [Fact]
    public async Task Messages_that_come_octet_by_octet_are_read_whole()
    {
        var octets = CapturedMessage.Read("control-http2.txt").SelectMany(message => message.Octets).ToArray();
        var pipe = new Pipe();
        var kinds = ReadKindsAsync(new CapnpMessageReader(pipe.Reader));
        foreach (var octet in octets)
        {
            await pipe.Writer.WriteAsync(new[] { octet });
        }

        await pipe.Writer.CompleteAsync();
        Assert.Equal(13, (await kinds.WaitAsync(Deadline)).Count);
    }

    [Fact]
    public async Task A_message_truncated_at_any_octet_is_an_error_and_never_a_clean_end()
    {
        var octets = CapturedMessage.Read("control-http2.txt")[1].Octets;
        Assert.Null(await Reader(Array.Empty<byte>()).ReadAsync());
        for (var length = 1; length < octets.Length; length++)
        {
            await Assert.ThrowsAsync<MessageFormatException>(() => Reader(octets.AsMemory(0, length)).ReadAsync().AsTask().WaitAsync(Deadline));
        }
    }

    [Fact]
    public void Too_many_segments_are_refused_before_their_sizes_are_read()
    {
        Assert.Equal(1UL, Parse(Frame([.. Enumerable.Repeat(new ulong[] { 0 }, 512)])).Root.IsNull ? 1UL : 0);
        Assert.Throws<MessageFormatException>(() => Parse(new byte[] { 0, 2, 0, 0 }));
        Assert.Throws<MessageFormatException>(() => Parse(new byte[] { 255, 255, 255, 255 }));
    }

    [Fact]
    public void A_message_over_the_limit_is_refused_when_its_head_is_read()
    {
        var reader = Reader(new byte[] { 0, 0, 0, 0, 1, 32, 0, 0 });
        reader.MaxSize = MessageLimits.MaxSizeBeforeRegistration;
        var error = Assert.Throws<MessageFormatException>(() => reader.ReadAsync().GetAwaiter().GetResult());
        Assert.Contains("65536", error.Message, StringComparison.Ordinal);

        // The sum of many segments counts, not each of them.
        byte[] head = [3, 0, 0, 0, .. Enumerable.Repeat<byte[]>([0, 0, 0, 0x7f], 4).SelectMany(size => size), 0, 0, 0, 0];
        Assert.Throws<MessageFormatException>(() => Parse(head));
    }

    [Fact]
    public void A_near_a_far_and_a_double_far_pointer_lead_to_the_same_content()
    {
        ulong[][][] forms =
        [
            [[StructPointer(0, 1, 1), 42, ListPointer(0, ElementSize.Octet, 7), Text]],
            // The pad in segment 1 is the pointer itself.
            [[FarPointer(1, 1)], [0, StructPointer(0, 1, 1), 42, ListPointer(0, ElementSize.Octet, 7), Text]],
            // The pad in segment 1 is a far pointer to segment 2, and a tag.
            [[FarPointer(1, 0, isDouble: true)], [FarPointer(2, 1), StructPointer(0, 1, 1)], [0, 42, FarPointer(3, 0, isDouble: true)], [FarPointer(4, 1), ListPointer(0, ElementSize.Octet, 7)], [0, Text]],
        ];
        foreach (var form in forms)
        {
            var root = Parse(Frame(form)).Root;
            Assert.Equal(42UL, root.U64(0));
            Assert.Equal("engine", root.Text(0));
        }
    }

    [Fact]
    public void The_recorded_registration_reads_the_same_from_two_segments()
    {
        var octets = CapturedMessage.Read("control-http2.txt")[1].Octets;
        var words = Enumerable.Range(1, (octets.Length / 8) - 1).Select(i => BitConverter.ToUInt64(octets, i * 8)).ToArray();
        var root = words[0];
        // The whole tree moves to segment 1, with a landing pad before it; the root becomes a far pointer.
        var call = ParseRpc(Frame([FarPointer(1, 0)], [root, .. words[1..]])).Call;
        Assert.Equal("DEV", RegisterConnectionParameters.Read(call.Parameters.Content.AsStruct()).Version);
    }

    [Theory]
    [InlineData(1, 0, false)] // lands on a far pointer
    [InlineData(1, 9, false)] // lands outside
    [InlineData(7, 0, false)] // no such segment
    [InlineData(-1, 0, false)]
    [InlineData(1, 2, true)] // the tag would be outside
    [InlineData(1, 1, true)] // the pad is no far pointer
    public void A_broken_far_pointer_is_an_error(int segment, int word, bool isDouble)
    {
        var message = Parse(Frame([FarPointer(segment, word, isDouble)], [FarPointer(0, 0), StructPointer(0, 0, 0), FarPointer(0, 0)]));
        Assert.Throws<MessageFormatException>(() => message.Root);
    }

    [Fact]
    public void A_shorter_struct_reads_defaults_and_a_longer_one_is_understood()
    {
        var shorter = Parse(Frame([StructPointer(0, 0, 0)])).Root;
        Assert.Equal((0, 0U, 0UL, false), (shorter.U8(0), shorter.U32(4), shorter.U64(8), shorter.Bit(64)));
        Assert.Equal("", shorter.Text(3));
        Assert.True(shorter.Struct(0).Struct(0).IsNull);

        var longer = Parse(Frame([StructPointer(0, 3, 3), 42, 7, 7, ListPointer(2, ElementSize.Octet, 7), 0, 0, Text])).Root;
        Assert.Equal(42UL, longer.U64(0));
        Assert.Equal("engine", longer.Text(0));
    }

    [Fact]
    public void A_list_of_texts_may_have_become_a_list_of_structs()
    {
        var root = Parse(Frame([StructPointer(0, 0, 1), ListPointer(0, ElementSize.Composite, 2), StructPointer(1, 1, 1), 5, ListPointer(0, ElementSize.Octet, 7), Text])).Root;
        Assert.Equal("engine", root.Pointer(0).AsList().Pointer(0).AsText());
    }

    [Fact]
    public void Nesting_deeper_than_the_limit_is_an_error()
    {
        // A struct whose only pointer leads back to itself.
        var reader = Parse(Frame([StructPointer(0, 0, 1), StructPointer(-1, 0, 1)])).Root;
        var depth = 1;
        var error = Assert.Throws<MessageFormatException>(() =>
        {
            for (; depth < 1000; depth++)
            {
                reader = reader.Struct(0);
            }
        });
        Assert.Equal(MessageLimits.MaxDepth, depth);
        Assert.Contains("64", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Overlapping_pointers_are_read_until_the_traversal_limit()
    {
        // 500 pointers to one text of 500 words: 2 KiB that describe 2 MiB.
        var words = new List<ulong> { StructPointer(0, 0, 1), ListPointer(0, ElementSize.Pointer, 500) };
        words.AddRange(Enumerable.Range(0, 500).Select(i => ListPointer(499 - i, ElementSize.Octet, 4000)));
        words.AddRange(Enumerable.Repeat(0UL, 500));
        var list = Parse(Frame([.. words])).Root.Pointer(0).AsList();
        var read = 0;
        Assert.Throws<MessageFormatException>(() =>
        {
            for (; read < list.Count; read++)
            {
                _ = list.Pointer(read).AsText();
            }
        });
        Assert.InRange(read, 8, 20);
    }

    [Fact]
    public void Elements_without_size_count_against_the_traversal_limit()
    {
        Assert.Throws<MessageFormatException>(() => Parse(Frame([StructPointer(0, 0, 1), ListPointer(0, ElementSize.Void, 1 << 28)])).Root.Pointer(0).AsList());
        Assert.Throws<MessageFormatException>(() => Parse(Frame([StructPointer(0, 0, 1), ListPointer(0, ElementSize.Composite, 0), StructPointer(1 << 28, 0, 0)])).Root.Pointer(0).AsList());
    }

    [Fact]
    public void Content_outside_the_message_is_an_error()
    {
        Assert.Throws<MessageFormatException>(() => Parse(Frame([StructPointer(0, 1, 0)])).Root);
        Assert.Throws<MessageFormatException>(() => Parse(Frame([StructPointer(-3, 1, 0), 0])).Root);
        Assert.Throws<MessageFormatException>(() => Parse(Frame([StructPointer(0, 0, 1), ListPointer(0, ElementSize.EightOctets, 1 << 28)])).Root.Pointer(0).AsList());
        Assert.Throws<MessageFormatException>(() => Parse(Frame([StructPointer(0, 0, 1), ListPointer(0, ElementSize.Composite, 1), StructPointer(2, 1, 0), 0])).Root.Pointer(0).AsList());
        Assert.Throws<MessageFormatException>(() => Parse(Frame([StructPointer(0, 0, 1), ListPointer(0, ElementSize.Octet, 8), ulong.MaxValue])).Root.Text(0));
        Assert.Throws<MessageFormatException>(() => Parse(Frame([ListPointer(0, ElementSize.Octet, 0)])).Root);
    }

    [Fact]
    public void A_damaged_message_is_an_error_or_other_values_and_nothing_else()
    {
        var random = new Random(20261123);
        var captured = CapturedMessage.Files.SelectMany(CapturedMessage.Read).ToArray();
        var refused = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var octets = captured[random.Next(captured.Length)].Octets.ToArray();
            for (var damage = random.Next(1, 4); damage > 0; damage--)
            {
                octets[random.Next(octets.Length)] = (byte)random.Next(256);
            }

            try
            {
                ReadEverything(ParseRpc(octets));
            }
            catch (MessageFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1000, 19_999);
    }

    private static void ReadEverything(RpcMessage message)
    {
        _ = RpcEncoder.Unimplemented(message);
        switch (message.Kind)
        {
            case RpcMessageKind.Call:
                _ = message.Call.Target;
                _ = message.Call.Parameters.Capability;
                _ = RegisterConnectionParameters.Read(message.Call.Parameters.Content.AsStruct());
                break;
            case RpcMessageKind.Return:
                _ = message.Return.Results.Capability;
                _ = RegisterConnectionResults.Read(message.Return.Results.Content.AsStruct());
                break;
            case RpcMessageKind.Abort:
                _ = message.Error;
                break;
        }
    }

    private static async Task<List<RpcMessageKind>> ReadKindsAsync(CapnpMessageReader reader)
    {
        var kinds = new List<RpcMessageKind>();
        while (await reader.ReadAsync() is { } message)
        {
            kinds.Add(new RpcMessage(message.Root).Kind);
        }

        return kinds;
    }
}
