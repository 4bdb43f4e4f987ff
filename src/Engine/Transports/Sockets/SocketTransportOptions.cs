using System.Net;

namespace Engine.Transports;

/// <summary>How sockets are made. Read once, when a factory is created.</summary>
public sealed class SocketTransportOptions
{
    /// <summary>Send small writes at once (TCP_NODELAY). Default true: every write is a flush that its author meant.</summary>
    public bool NoDelay { get; set; } = true;

    /// <summary>Time from the call to a connection, name resolution and all addresses included. Default 15 s; <see cref="Timeout.InfiniteTimeSpan"/> = none.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Silence after which the system probes the peer. Default 30 s; zero = no probes.</summary>
    public TimeSpan KeepAliveTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between unanswered probes. Default 10 s.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Unanswered probes after which the connection counts as reset. Default 3.</summary>
    public int KeepAliveProbes { get; set; } = 3;

    /// <summary>Connections that the system holds until they are accepted. Default 512.</summary>
    public int Backlog { get; set; } = 512;

    /// <summary>Race the addresses of a name (RFC 8305). Default true; when false they are tried one after the other.</summary>
    public bool HappyEyeballs { get; set; } = true;

    /// <summary>Head start of an address before the next one is tried beside it. Default 250 ms (RFC 8305 §5).</summary>
    public TimeSpan HappyEyeballsDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Local address for outgoing connections; addresses of the other family are then left out. Default: the system's choice.</summary>
    public IPAddress? BindAddress { get; set; }

    /// <summary>Whether a listener on <c>::</c> also takes IPv4. Default true.</summary>
    public bool DualStack { get; set; } = true;

    /// <summary>SO_RCVBUF in bytes; null leaves the system's autotuning on.</summary>
    public int? ReceiveBufferSize { get; set; }

    /// <summary>SO_SNDBUF in bytes; null leaves the system's autotuning on.</summary>
    public int? SendBufferSize { get; set; }

    /// <summary>
    /// Time for which a disposed connection still takes and drops what the peer sends, so that closing does not reset it before it
    /// has read our last bytes (RFC 9112 §9.6). Default 2 s; zero = close at once.
    /// </summary>
    public TimeSpan LingerTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Turns a host name into addresses, in order of preference. Default: the system's resolver.</summary>
    public Func<string, CancellationToken, ValueTask<IPAddress[]>>? Resolver { get; set; }
}
