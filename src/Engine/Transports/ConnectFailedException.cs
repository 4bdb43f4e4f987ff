using System.Net;

namespace Engine.Transports;

/// <summary>A connection could not be made. <see cref="Kind"/> is stable; the message names the thing, the cause and the remedy.</summary>
public sealed class ConnectFailedException : IOException
{
    /// <summary>Creates the exception.</summary>
    public ConnectFailedException(ConnectFailure kind, EndPoint? endPoint, string message, Exception? cause = null)
        : base(message, cause)
    {
        Kind = kind;
        EndPoint = endPoint;
    }

    /// <summary>Creates the exception for a failed TLS handshake.</summary>
    public ConnectFailedException(TlsFailureReason reason, EndPoint? endPoint, string message, Exception? cause = null)
        : this(ConnectFailure.TlsFailed, endPoint, message, cause) => TlsReason = reason;

    /// <summary>What went wrong.</summary>
    public ConnectFailure Kind { get; }

    /// <summary>Where TLS failed, or <see cref="TlsFailureReason.None"/>.</summary>
    public TlsFailureReason TlsReason { get; }

    /// <summary>The end point that was asked for.</summary>
    public EndPoint? EndPoint { get; }
}
