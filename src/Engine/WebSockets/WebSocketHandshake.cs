using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Engine.WebSockets;

/// <summary>The keys of the opening handshake (RFC 6455 §4).</summary>
public static class WebSocketHandshake
{
    /// <summary>Octets of a Sec-WebSocket-Key: sixteen random octets in base64.</summary>
    public const int KeyLength = 24;

    /// <summary>Octets of a Sec-WebSocket-Accept: a SHA-1 in base64.</summary>
    public const int AcceptLength = 28;

    // RFC 6455 §1.3: appended to the key before hashing.
    private static ReadOnlySpan<byte> Suffix => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>Whether <paramref name="key"/> is sixteen octets in base64, as RFC 6455 §4.1 wants it.</summary>
    public static bool IsValidKey(ReadOnlySpan<byte> key)
    {
        Span<byte> nonce = stackalloc byte[KeyLength];
        return key.Length == KeyLength
            && Base64.DecodeFromUtf8(key, nonce, out var consumed, out var written) == OperationStatus.Done
            && consumed == KeyLength
            && written == 16;
    }

    /// <summary>Writes the Sec-WebSocket-Accept that answers <paramref name="key"/> (RFC 6455 §4.2.2).</summary>
    /// <remarks>Any key of up to 256 octets is taken: whether it is well formed is for <see cref="IsValidKey"/> to say.</remarks>
    /// <param name="key">The client's Sec-WebSocket-Key.</param>
    /// <param name="accept">At least <see cref="AcceptLength"/> octets.</param>
    /// <returns><see cref="AcceptLength"/>.</returns>
    /// <exception cref="ArgumentException">The key is too long or the destination too short.</exception>
    public static int WriteAccept(ReadOnlySpan<byte> key, Span<byte> accept)
    {
        if (key.Length > 256)
        {
            throw new ArgumentException("A Sec-WebSocket-Key has 24 octets.", nameof(key));
        }

        if (accept.Length < AcceptLength)
        {
            throw new ArgumentException("A Sec-WebSocket-Accept needs 28 octets.", nameof(accept));
        }

        Span<byte> input = stackalloc byte[256 + 36];
        key.CopyTo(input);
        Suffix.CopyTo(input[key.Length..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6455 names SHA-1; it guards against accidents, not attackers.
        SHA1.HashData(input[..(key.Length + Suffix.Length)], hash);
#pragma warning restore CA5350
        Base64.EncodeToUtf8(hash, accept, out _, out var written);
        return written;
    }

    /// <summary>Whether <paramref name="accept"/> is the answer to <paramref name="key"/>.</summary>
    public static bool IsAcceptFor(ReadOnlySpan<byte> key, ReadOnlySpan<byte> accept)
    {
        Span<byte> expected = stackalloc byte[AcceptLength];
        return key.Length <= 256 && accept.SequenceEqual(expected[..WriteAccept(key, expected)]);
    }

    /// <summary>Writes a new random Sec-WebSocket-Key.</summary>
    /// <param name="key">At least <see cref="KeyLength"/> octets.</param>
    /// <returns><see cref="KeyLength"/>.</returns>
    public static int WriteNewKey(Span<byte> key)
    {
        Span<byte> nonce = stackalloc byte[16];
        RandomNumberGenerator.Fill(nonce);
        Base64.EncodeToUtf8(nonce, key, out _, out var written);
        return written;
    }
}
