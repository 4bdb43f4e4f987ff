using Engine.Fields;
using Engine.Http1;
using Engine.Origins;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Engine.Protocols.Http;

/// <summary>How streams become HTTP/1.1 requests. What belongs to one origin is in its <see cref="OriginOptions"/>.</summary>
/// <remarks>Read when the handler is made and not changed after.</remarks>
public sealed class HttpOriginOptions
{
    /// <summary>The connector's identity, sent to origins as <c>Cf-Warp-Tag-ID</c>. Null sends none.</summary>
    public Guid? ConnectorId { get; set; }

    /// <summary>Tags: each goes to origins as <c>Cf-Warp-Tag-NAME: VALUE</c>. Default none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; set; } = [];

    /// <summary>How long a request with <c>Expect: 100-continue</c> waits for the origin's word before its body is sent anyway. Default 1 s.</summary>
    public TimeSpan ExpectTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Limit from the last octet of the request to the head of the answer; then the visitor gets 504. Default none.</summary>
    public TimeSpan ResponseHeadTimeout { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>How often a request may have passed an edge of ours (RFC 8586) before it is answered 508. Default 8.</summary>
    public int MaxLoops { get; set; } = LoopCount.Limit;

    /// <summary>
    /// How large a body of unknown length may be for an origin that takes no chunks (<see cref="OriginOptions.DisableChunkedEncoding"/>): it is
    /// buffered, from 1 MiB on in a temporary file. Default 1 GiB.
    /// </summary>
    public long MaxBufferedBody { get; set; } = 1L << 30;

    /// <summary>What an origin's answer may have. Default 256 KiB of head and 1000 fields.</summary>
    public Http1Limits ResponseLimits { get; set; } = new() { MaxHeadSize = 256 * 1024, MaxFieldCount = 1000, MaxTrailerSize = 64 * 1024 };

    /// <summary>Makes the transport, below TLS, by which an origin is dialled. Null: sockets, with the origin's time-outs.</summary>
    public Func<Origin, IConnectionFactory>? Transport { get; set; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Where to log.</summary>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;
}
