using Engine.Fields;

namespace Engine.Tunnels;

/// <summary>The request that the edge opened a stream for, and the means to answer it. Found on the features of every stream
/// that a <see cref="TunnelConnection"/> yields.</summary>
/// <remarks>
/// Body bytes travel on the stream's own transport: the input is the request's, the output is the response's. The members
/// belong to whoever handles the stream and are not thread-safe; what they return is valid until the stream is disposed.
/// </remarks>
public interface ITunnelStreamFeature
{
    /// <summary>What the stream carries.</summary>
    TunnelStreamKind Kind { get; }

    /// <summary>The index of the tunnel connection it came on, 0 and up.</summary>
    int ConnectionIndex { get; }

    /// <summary>The request method as received.</summary>
    ReadOnlySpan<byte> Method { get; }

    /// <summary>Path and query exactly as the visitor sent them; empty for a TCP stream without a path.</summary>
    ReadOnlySpan<byte> Target { get; }

    /// <summary>The visitor's Host, or the destination of a TCP stream; from <c>:authority</c>, else from <c>host</c>.</summary>
    ReadOnlySpan<byte> Authority { get; }

    /// <summary>The request's fields without pseudo-fields, without <c>host</c> (see <see cref="Authority"/>) and without the
    /// fields by which edge and connector talk to each other; cookie crumbs are joined (RFC 9113 §8.2.3).</summary>
    FieldList RequestFields { get; }

    /// <summary>Whether the transport's input has, or may have, a body.</summary>
    bool HasBody { get; }

    /// <summary>The length of the request body, or null when the edge did not say.</summary>
    long? ContentLength { get; }

    /// <summary>The request's trailers, once the transport's input has reported completion; null when there are none.</summary>
    FieldList? RequestTrailers { get; }

    /// <summary>Whether the final response head was written.</summary>
    bool ResponseStarted { get; }

    /// <summary>Sends an interim response (RFC 9110 §15.2) on to the visitor.</summary>
    /// <remarks>Dropped when the edge did not announce that it takes them: the original protocol has none.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The status is not 1xx, or is 101, which is a final answer here.</exception>
    void WriteInformational(int status, FieldList fields);

    /// <summary>Sends the response head; the list may be used again after the return.</summary>
    /// <remarks>Status 101 travels as 200, which the edge turns back. Framing fields of HTTP/1.1 (<c>Transfer-Encoding</c>,
    /// <c>Trailer</c>) and the fields reserved for edge and connector are left out.</remarks>
    /// <exception cref="InvalidOperationException">A final head was already sent.</exception>
    void WriteResponse(int status, FieldList fields, ResponseSource source = ResponseSource.Origin, bool endStream = false);

    /// <summary>Ends the response with trailers, in place of completing the transport's output.</summary>
    void WriteTrailers(FieldList trailers);

    /// <summary>Ends the stream without a complete answer: with a 502 or 504 of the connector's own when no head was sent, by a
    /// reset otherwise, so that a truncated answer is seen as truncated.</summary>
    void Fail(StreamFailure failure);
}
