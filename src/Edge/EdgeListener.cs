using System.Net;

namespace Engine.Edge;

/// <summary>One address on which visitors are accepted.</summary>
/// <param name="EndPoint">The address; port 0 takes a free one, to be read from <see cref="EdgeServer.PublicEndPoints"/>.</param>
/// <param name="IsTls">TLS with ALPN <c>h2</c> and <c>http/1.1</c>; otherwise cleartext, HTTP/1.1 and HTTP/2 by prior knowledge.</param>
public sealed record EdgeListener(EndPoint EndPoint, bool IsTls = false);
