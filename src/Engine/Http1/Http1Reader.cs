using System.IO.Pipelines;

namespace Engine.Http1;

/// <summary>Reads the messages of one direction of a connection, strictly.</summary>
/// <remarks>Not thread-safe. It does not own the input: what follows an upgrade is read from the input itself.</remarks>
public sealed class Http1Reader
{
    /// <summary>Creates a reader over <paramref name="input"/>.</summary>
    public Http1Reader(PipeReader input, Http1Limits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        _ = limits;
    }

    /// <summary>Reads the next request head.</summary>
    /// <returns>False if the input ended before its first byte: the clean end between messages.</returns>
    /// <exception cref="Http1Exception">The head is not as RFC 9112 has it, too large, or truncated.</exception>
    public ValueTask<bool> ReadRequestHeadAsync(Http1RequestHead head, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Reads the next response head; each 1xx is one of its own.</summary>
    /// <returns>False if the input ended before its first byte.</returns>
    /// <exception cref="Http1Exception">The head is not as RFC 9112 has it, too large, or truncated.</exception>
    public ValueTask<bool> ReadResponseHeadAsync(Http1ResponseHead head, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>How the request's body ends (RFC 9112 §6.3).</summary>
    /// <exception cref="Http1Exception">Its framing is faulty, or two parsers could read it differently.</exception>
    public static Http1Framing RequestFraming(Http1RequestHead head) => throw new NotSupportedException();

    /// <summary>How the response's body ends, given the method that it answers (RFC 9112 §6.3).</summary>
    /// <exception cref="Http1Exception">Its framing is faulty, or two parsers could read it differently.</exception>
    public static Http1Framing ResponseFraming(Http1ResponseHead head, ReadOnlySpan<byte> requestMethod) => throw new NotSupportedException();

    /// <summary>Opens the body that follows the head just read. One body at a time; the reader is used again for the next.</summary>
    public Http1BodyReader OpenBody(Http1Framing framing) => throw new NotSupportedException();
}
