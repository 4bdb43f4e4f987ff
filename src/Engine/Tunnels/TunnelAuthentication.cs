namespace Engine.Tunnels;

/// <summary>The answer to a registration: accepted with details, or refused with a cause.</summary>
public sealed record TunnelAuthentication
{
    private TunnelAuthentication()
    {
    }

    /// <summary>The cause that makes any connector try again with the usual wait: the tunnel or its secret is not known (yet).</summary>
    public const string Unauthorized = "Unauthorized: the tunnel or its secret is not known here";

    /// <summary>The cause that makes a connector go to another address of the edge.</summary>
    public const string DuplicateConnection = "EDUPCONN";

    /// <summary>The details of an accepted connection, or null when it was refused.</summary>
    public ConnectionDetails? Details { get; private init; }

    /// <summary>Why it was refused.</summary>
    public string Cause { get; private init; } = "";

    /// <summary>Whether the connector should try again.</summary>
    public bool ShouldRetry { get; private init; }

    /// <summary>The least wait before it does.</summary>
    public TimeSpan RetryAfter { get; private init; }

    /// <summary>Lets the connection in.</summary>
    public static TunnelAuthentication Accept(ConnectionDetails details)
    {
        ArgumentNullException.ThrowIfNull(details);
        return new TunnelAuthentication { Details = details };
    }

    /// <summary>Refuses it.</summary>
    public static TunnelAuthentication Refuse(string cause, bool shouldRetry = false, TimeSpan retryAfter = default) =>
        new() { Cause = cause, ShouldRetry = shouldRetry, RetryAfter = retryAfter };
}
