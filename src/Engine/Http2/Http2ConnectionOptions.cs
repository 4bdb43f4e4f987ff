using Engine.Buffers;
using Engine.Http2.Frames;
using Microsoft.Extensions.Logging;

namespace Engine.Http2;

/// <summary>What an HTTP/2 connection announces and tolerates.</summary>
/// <remarks>Start from <see cref="Public"/> or <see cref="Tunnel"/>. An instance may serve many connections and must not be changed once one uses it.</remarks>
public sealed class Http2ConnectionOptions
{
    private Http2ConnectionOptions(Http2Profile profile) => Profile = profile;

    /// <summary>Which profile the options were made for.</summary>
    public Http2Profile Profile { get; }

    /// <summary>How many streams the peer may have open (SETTINGS_MAX_CONCURRENT_STREAMS).</summary>
    public uint MaxConcurrentStreams { get; set; } = 100;

    /// <summary>The receive window that each stream starts with, in octets; at most 2³¹-1.</summary>
    public int InitialStreamWindow { get; set; } = 128 << 10;

    /// <summary>Up to where a stream's receive window may be tuned, in octets.</summary>
    public int MaxStreamWindow { get; set; } = 8 << 20;

    /// <summary>The connection's receive window at the start, in octets; at least 65,535.</summary>
    public int ConnectionWindow { get; set; } = 512 << 10;

    /// <summary>Up to where the connection's receive window may be tuned, in octets.</summary>
    public int MaxConnectionWindow { get; set; } = 16 << 20;

    /// <summary>The largest frame payload that is taken, in octets; 16,384 to 16,777,215.</summary>
    public int MaxFrameSize { get; set; } = 16_384;

    /// <summary>The largest field section that is taken, in octets as RFC 9113 §6.5.2 counts them.</summary>
    public int MaxHeaderListSize { get; set; } = 64 << 10;

    /// <summary>The dynamic table that the decoder keeps for the peer, in octets.</summary>
    public int HeaderTableSize { get; set; } = 4096;

    /// <summary>Whether extended CONNECT (RFC 8441) is announced and taken; meaningful in the server role.</summary>
    public bool EnableConnectProtocol { get; set; }

    /// <summary>
    /// Whether a request whose target is faulty (user information, more than one <c>host</c> or one that differs from <c>:authority</c>, a
    /// <c>:path</c> that does not begin with a slash) is handed out like any other, so that the owner can answer it, as RFC 9113 §8.1.1
    /// allows. False resets it with PROTOCOL_ERROR. Whoever sets it has to judge the target; meaningful in the server role.
    /// </summary>
    public bool HandsOutFaultyTargets { get; set; }

    /// <summary>After how long without a received octet a PING asks whether the peer still lives; zero for never.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long after that PING the connection is given up when nothing at all arrives.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a connection without a stream is kept; zero for ever.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>How long the peer has for its first SETTINGS, for acknowledging ours, and for ending a header block that it began.</summary>
    public TimeSpan SettingsTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What bounds the octets buffered by all connections that share it.</summary>
    public MemoryBudget Budget { get; set; } = MemoryBudget.Shared;

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Where the connection logs, or null for nowhere.</summary>
    public ILogger? Logger { get; set; }

    /// <summary>The next stream id of the client role; tests start near the end of the ids.</summary>
    internal int FirstStreamId { get; set; } = 1;

    /// <summary>Refuses what the protocol can't carry.</summary>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(InitialStreamWindow, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ConnectionWindow, 65_535);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxFrameSize, FrameHeader.DefaultMaxLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxFrameSize, FrameHeader.MaxLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxHeaderListSize, 1024);
        ArgumentOutOfRangeException.ThrowIfNegative(HeaderTableSize);
        ArgumentNullException.ThrowIfNull(Budget);
        ArgumentNullException.ThrowIfNull(TimeProvider);
    }

    /// <summary>Options towards visitors: 100 streams, small windows that grow, strict limits.</summary>
    public static Http2ConnectionOptions Public() => new(Http2Profile.Public);

    /// <summary>Options between connector and edge: streams without limit, windows of 1 MiB and more, no time-out when idle.</summary>
    public static Http2ConnectionOptions Tunnel() => new(Http2Profile.Tunnel)
    {
        MaxConcurrentStreams = uint.MaxValue,
        InitialStreamWindow = 1 << 20,
        MaxStreamWindow = 16 << 20,
        ConnectionWindow = 4 << 20,
        MaxConnectionWindow = 64 << 20,
        MaxFrameSize = 64 << 10,
        MaxHeaderListSize = 1 << 20,
        EnableConnectProtocol = false,
        KeepAliveInterval = TimeSpan.FromSeconds(15),
        KeepAliveTimeout = TimeSpan.FromSeconds(10),
        IdleTimeout = TimeSpan.Zero,
    };
}
