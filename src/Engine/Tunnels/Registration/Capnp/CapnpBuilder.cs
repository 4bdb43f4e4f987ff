using System.Buffers.Binary;
using System.Text;

namespace Engine.Tunnels.Registration.Capnp;

/// <summary>Writes a message of one segment. What is allocated first lies first, so equal calls give equal bytes.</summary>
internal sealed class CapnpBuilder
{
    // The head of a message with one segment: its number less one, and its length in words.
    private const int HeadLength = 8;

    private byte[] _bytes = new byte[HeadLength + 256];
    private int _words = 1;

    /// <summary>Allocates the root struct; to be called first, once.</summary>
    public StructBuilder Root(int dataWords, int pointers)
    {
        var content = Allocate(dataWords + pointers);
        WritePointer(0, content, 0, (uint)dataWords | ((uint)pointers << 16));
        return new StructBuilder(this, content, dataWords, pointers);
    }

    /// <summary>The finished message with its head. The builder is done with.</summary>
    public ReadOnlyMemory<byte> ToMessage()
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(4), (uint)_words);
        return _bytes.AsMemory(0, HeadLength + (_words * 8));
    }

    /// <summary>Takes zeroed words at the end of the segment.</summary>
    internal int Allocate(int words)
    {
        var at = _words;
        _words = checked(_words + words);
        var needed = checked(HeadLength + (_words * 8));
        if (_bytes.Length < needed)
        {
            Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
        }

        return at;
    }

    internal Span<byte> Span(int word) => _bytes.AsSpan(HeadLength + (word * 8));

    /// <summary>Writes a struct (kind 0) or list (kind 1) pointer to a place behind, or, for a struct of no size, before it.</summary>
    internal void WritePointer(int at, int content, uint kind, uint high)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Span(at), (uint)((content - at - 1) << 2) | kind);
        BinaryPrimitives.WriteUInt32LittleEndian(Span(at)[4..], high);
    }

    internal void WriteWord(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Span(at), value);

    internal void WriteOctets(int at, ReadOnlySpan<byte> octets)
    {
        var content = Allocate((octets.Length + 7) / 8);
        octets.CopyTo(Span(content));
        WritePointer(at, content, 1, ((uint)octets.Length << 3) | (uint)ElementSize.Octet);
    }

    internal void WriteText(int at, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var content = Allocate((length + 8) / 8);
        Encoding.UTF8.GetBytes(text, Span(content));
        WritePointer(at, content, 1, ((uint)(length + 1) << 3) | (uint)ElementSize.Octet);
    }
}
