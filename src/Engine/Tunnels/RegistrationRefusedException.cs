namespace Engine.Tunnels;

/// <summary>The edge refused to register a connection, or never answered.</summary>
public sealed class RegistrationRefusedException : IOException
{
    /// <summary>Creates the exception.</summary>
    public RegistrationRefusedException(string cause, RetryAdvice retry, TimeSpan retryAfter = default, Exception? inner = null)
        : base($"The edge did not register the connection: {cause}", inner)
    {
        Cause = cause;
        Retry = retry;
        RetryAfter = retryAfter;
    }

    /// <summary>The edge's own words.</summary>
    public string Cause { get; }

    /// <summary>Whether the edge itself said no; false when it never answered, or went away first.</summary>
    public bool IsAnswer { get; init; }

    /// <summary>Whether and how to try again.</summary>
    public RetryAdvice Retry { get; }

    /// <summary>The least wait before the next attempt, or zero when the edge named none.</summary>
    public TimeSpan RetryAfter { get; }
}
