using System.Buffers.Text;
using Engine.Fields;

namespace Engine.Http2.Streams;

/// <summary>The length that a head announced against the DATA that came (RFC 9113 §8.1.1).</summary>
internal struct ContentLength
{
    private long _expected;
    private long _received;

    /// <summary>Expects what <paramref name="head"/> announces; null expects anything.</summary>
    /// <returns>False when the field is no number, or stands there more than once.</returns>
    public static bool TryRead(FieldList head, out long? length)
    {
        length = null;
        var index = head.IndexOf("content-length"u8);
        if (index < 0)
        {
            return true;
        }

        var value = head[index].Value;
        foreach (var octet in value)
        {
            if (octet is < (byte)'0' or > (byte)'9')
            {
                return false;
            }
        }

        if (!Utf8Parser.TryParse(value, out long parsed, out var consumed) || consumed != value.Length || head.IndexOf("content-length"u8, index + 1) >= 0)
        {
            return false;
        }

        length = parsed;
        return true;
    }

    /// <summary>Begins with an announced length, or with none.</summary>
    public void Begin(long? expected)
    {
        _expected = expected ?? -1;
        _received = 0;
    }

    /// <summary>Counts DATA.</summary>
    /// <returns>False when there is more than was announced.</returns>
    public bool TryReceive(long octets)
    {
        _received += octets;
        return _expected < 0 || _received <= _expected;
    }

    /// <summary>Whether the message may end here.</summary>
    public readonly bool IsComplete => _expected < 0 || _received == _expected;
}
