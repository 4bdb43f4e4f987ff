using System.Text;

namespace Engine.Tunnels.Registration.Capnp;

/// <summary>A pointer of a message, not yet followed.</summary>
/// <remarks>
/// <code>
/// struct      lsb [ 0:2 | offset:30 | data words:16 | pointers:16 ]      offset in words from the end of the pointer
/// list            [ 1:2 | offset:30 | element size:3 | count:29 ]
/// far             [ 2:2 | double:1 | word:29 | segment:32 ]              to a pointer, or, if double, to a far pointer and a tag
/// capability      [ 3:2 | 0:30 | index:32 ]
/// </code>
/// A null word is the default value of whatever was expected.
/// </remarks>
internal readonly struct PointerReader
{
    private readonly CapnpMessage? _message;
    private readonly int _segment;
    private readonly int _word;
    private readonly int _depth;

    public PointerReader(CapnpMessage message, int segment, int word, int depth)
    {
        _message = message;
        _segment = segment;
        _word = word;
        _depth = depth;
    }

    /// <summary>Whether it points nowhere, which stands for the default value.</summary>
    public bool IsNull => _message is null || _message.Word(_segment, _word) == 0;

    /// <summary>The index into the capability table, or null when it is not a capability.</summary>
    public uint? AsCapability()
    {
        if (IsNull)
        {
            return null;
        }

        var word = _message!.Word(_segment, _word);
        return (uint)word == 3 ? (uint)(word >> 32) : null;
    }

    /// <summary>Whether it leads to a list, and not to a struct or a capability.</summary>
    public bool IsList => !IsNull && (_message!.Word(_segment, _word) & 3) != 3 && (Follow().Tag & 3) == 1;

    /// <summary>Follows it to a struct.</summary>
    public StructReader AsStruct()
    {
        if (IsNull)
        {
            return default;
        }

        var (message, segment, content, tag) = Follow();
        if ((tag & 3) != 0)
        {
            throw new MessageFormatException("A struct was expected where the message has something else.");
        }

        var dataWords = (int)(ushort)(tag >> 32);
        var pointers = (int)(ushort)(tag >> 48);
        message.Require(segment, content, dataWords + pointers);
        message.Charge(dataWords + pointers + 1);
        return new StructReader(message, segment, (int)content * 8, dataWords * 8, (int)content + dataWords, pointers, _depth + 1);
    }

    /// <summary>Follows it to a list.</summary>
    public ListReader AsList()
    {
        if (IsNull)
        {
            return default;
        }

        var (message, segment, content, tag) = Follow();
        if ((tag & 3) != 1)
        {
            throw new MessageFormatException("A list was expected where the message has something else.");
        }

        return ListReader.Create(message, segment, content, (int)(tag >> 32) & 7, (int)(tag >> 35), _depth + 1);
    }

    /// <summary>Follows it to octets; empty when null.</summary>
    public ReadOnlySpan<byte> AsData() => IsNull ? default : AsList().Octets;

    /// <summary>Follows it to text, which ends in NUL on the wire; empty when null.</summary>
    public string AsText()
    {
        var octets = AsData();
        if (octets.IsEmpty)
        {
            return "";
        }

        return octets[^1] == 0
            ? Encoding.UTF8.GetString(octets[..^1])
            : throw new MessageFormatException("A text does not end in NUL.");
    }

    /// <summary>Where the content is, and the struct or list word that describes it; passes far pointers.</summary>
    private (CapnpMessage Message, int Segment, long Content, ulong Tag) Follow()
    {
        if (_depth >= MessageLimits.MaxDepth)
        {
            throw new MessageFormatException($"Pointers nest deeper than {MessageLimits.MaxDepth}.");
        }

        var message = _message!;
        var word = message.Word(_segment, _word);
        if ((word & 3) != 2)
        {
            return (message, _segment, _word + 1L + Offset(word), word);
        }

        var (segment, pad) = Landing(word);
        message.Charge(2);
        var first = message.Word(segment, pad);
        if ((word & 4) == 0)
        {
            // One far pointer: the landing pad is the pointer itself, and near.
            return (first & 3) < 2
                ? (message, segment, pad + 1L + Offset(first), first)
                : throw new MessageFormatException("A far pointer does not land on a pointer to content.");
        }

        // Two: the pad is a far pointer to the content, and a tag that describes it.
        message.Require(segment, pad, 2);
        var tag = message.Word(segment, pad + 1);
        if ((first & 7) != 2 || (tag & 3) > 1 || Offset(tag) != 0)
        {
            throw new MessageFormatException("A double far pointer has a broken landing pad.");
        }

        var (contentSegment, content) = Landing(first);
        message.Require(contentSegment, content, 0);
        return (message, contentSegment, content, tag);
    }

    private static int Offset(ulong word) => (int)(uint)word >> 2;

    private static (int Segment, int Word) Landing(ulong word)
    {
        var segment = (uint)(word >> 32);
        return segment >= MessageLimits.MaxSegments
            ? throw new MessageFormatException("A pointer names a segment that the message does not have.")
            : ((int)segment, (int)((uint)word >> 3));
    }
}
