using System.Text;

namespace Engine.Http1.Parsing;

/// <summary>Where the parts of a request target lie in its bytes (RFC 9112 §3.2).</summary>
internal readonly record struct Http1Target(Http1TargetForm Form, int Length, int AuthorityStart, int AuthorityLength, int PathStart)
{
    /// <summary>Path and query within the bytes that were parsed.</summary>
    public ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> target)
        => Form == Http1TargetForm.Absolute && PathStart == Length ? "/"u8 : target[PathStart..];

    /// <summary>The port that the target's scheme means when none is written.</summary>
    public ReadOnlySpan<byte> DefaultPort => AuthorityStart == "https://"u8.Length ? "443"u8 : "80"u8;

    /// <summary>Recognises the form of a target.</summary>
    /// <exception cref="Http1Exception">It has none of the four, or one that the method may not have.</exception>
    public static Http1Target Parse(ReadOnlySpan<byte> method, ReadOnlySpan<byte> target)
    {
        if (!Http1Syntax.IsTargetText(target))
        {
            throw Bad("The request target is empty or holds a space, a control character or '#'.");
        }

        if (method.SequenceEqual("CONNECT"u8))
        {
            return Http1Authority.IsValid(target, portRequired: true)
                ? new(Http1TargetForm.Authority, target.Length, 0, target.Length, target.Length)
                : throw Bad("The target of CONNECT is not host:port.");
        }

        if (target[0] == '/')
        {
            return new(Http1TargetForm.Origin, target.Length, 0, 0, 0);
        }

        if (target.SequenceEqual("*"u8) && method.SequenceEqual("OPTIONS"u8))
        {
            return new(Http1TargetForm.Asterisk, 1, 0, 0, 0);
        }

        return ParseAbsolute(target);
    }

    private static Http1Target ParseAbsolute(ReadOnlySpan<byte> target)
    {
        var start = StartsWithIgnoreCase(target, "http://"u8) ? 7 : StartsWithIgnoreCase(target, "https://"u8) ? 8 : 0;
        if (start == 0)
        {
            throw Bad("The request target is neither a path, an http or https address, nor '*' with OPTIONS.");
        }

        var length = target[start..].IndexOfAny((byte)'/', (byte)'?');
        length = length < 0 ? target.Length - start : length;
        return Http1Authority.IsValid(target.Slice(start, length))
            ? new(Http1TargetForm.Absolute, target.Length, start, length, start + length)
            : throw Bad("The authority in the request target is not host or host:port.");
    }

    private static bool StartsWithIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix)
        => text.Length >= prefix.Length && Ascii.EqualsIgnoreCase(text[..prefix.Length], prefix);

    private static Http1Exception Bad(string message) => new(Http1Error.BadTarget, message);
}
