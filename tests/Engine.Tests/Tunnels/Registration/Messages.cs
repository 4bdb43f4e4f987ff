using System.IO.Pipelines;
using Engine.Testing;
using Engine.Tunnels.Registration;
using Engine.Tunnels.Registration.Capnp;
using Engine.Tunnels.Registration.Rpc;

namespace Engine.Tests.Tunnels.Registration;

/// <summary>Ways from octets to messages.</summary>
internal static class Messages
{
    /// <summary>Reads exactly one message.</summary>
    public static CapnpMessage Parse(ReadOnlyMemory<byte> octets)
    {
        var read = Reader(octets).ReadAsync();
        Assert.True(read.IsCompleted, "A whole message is read at once.");
        return read.GetAwaiter().GetResult() ?? throw new EndOfStreamException();
    }

    public static RpcMessage ParseRpc(ReadOnlyMemory<byte> octets) => new(Parse(octets).Root);

    public static CapnpMessageReader Reader(ReadOnlyMemory<byte> octets) => new(PipeReader.Create(new(octets)));

    /// <summary>A message of the given words, one array a segment.</summary>
    public static byte[] Frame(params ulong[][] segments)
    {
        var stream = new MemoryStream();
        var writer = new BinaryWriter(stream);
        writer.Write((uint)segments.Length - 1);
        foreach (var segment in segments)
        {
            writer.Write((uint)segment.Length);
        }

        if (segments.Length % 2 == 0)
        {
            writer.Write(0);
        }

        foreach (var word in segments.SelectMany(segment => segment))
        {
            writer.Write(word);
        }

        return stream.ToArray();
    }

    /// <summary>A struct pointer word.</summary>
    public static ulong StructPointer(int offset, int dataWords, int pointers) =>
        (uint)(offset << 2) | ((ulong)dataWords << 32) | ((ulong)pointers << 48);

    /// <summary>A list pointer word.</summary>
    public static ulong ListPointer(int offset, ElementSize size, int count) =>
        (uint)((offset << 2) | 1) | ((ulong)size << 32) | ((ulong)(uint)count << 35);

    /// <summary>A far pointer word.</summary>
    public static ulong FarPointer(int segment, int word, bool isDouble = false) =>
        (uint)((word << 3) | (isDouble ? 6 : 2)) | ((ulong)(uint)segment << 32);
}
