using System.Net;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;

namespace Engine.Transports;

/// <summary>What TLS errors mean, in one place.</summary>
internal static class TlsErrors
{
    public static string Truncated(EndPoint? peer) => $"The connection to {peer} ended without TLS close_notify: what was received may be cut off.";

    /// <summary>A failed read or write of an established session as its users see it.</summary>
    public static Exception TranslateTransfer(TransportConnection connection, PipeStream below, Exception exception)
    {
        if (connection.Fault is { } fault)
        {
            return TransportConnection.ToThrow(fault);
        }

        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is ConnectionResetException or ConnectionAbortedException)
            {
                return cause;
            }
        }

        return exception switch
        {
            ObjectDisposedException => new ConnectionAbortedException("The connection is disposed.", exception),
            _ when below.HasEnded => new ConnectionResetException(Truncated(connection.RemoteEndPoint), exception),
            IOException or AuthenticationException => new ConnectionResetException(
                $"The TLS session with {connection.RemoteEndPoint} broke: {Innermost(exception)}.", exception),
            _ => exception,
        };
    }

    /// <summary>A failed handshake as whoever asked for it sees it.</summary>
    public static ConnectFailedException TranslateHandshake(EndPoint? peer, string? serverName, TlsVerdict? verdict, PipeStream below, Exception exception)
    {
        var who = serverName is null ? $"{peer}" : $"{serverName} ({peer})";
        if (verdict is { Reason: not TlsFailureReason.None })
        {
            return new ConnectFailedException(verdict.Reason, peer, $"TLS with {who} failed: {verdict.Text}", exception);
        }

        if (below.IsNotTls)
        {
            return new ConnectFailedException(
                TlsFailureReason.Protocol, peer, $"TLS with {who} failed: the peer does not speak TLS (is it the right port, and is TLS meant here?).", exception);
        }

        if (below.HasEnded)
        {
            return new ConnectFailedException(
                TlsFailureReason.Protocol, peer, $"TLS with {who} failed: the peer closed the connection during the handshake (does it speak TLS on this port?).", exception);
        }

        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is ConnectionResetException or ConnectionAbortedException)
            {
                return new ConnectFailedException(ConnectFailure.Reset, peer, $"TLS with {who} failed: the connection was reset during the handshake.", exception);
            }
        }

        return new ConnectFailedException(TlsFailureReason.Protocol, peer, $"TLS with {who} failed: {Innermost(exception)}.", exception);
    }

    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception.Message.TrimEnd('.', ' ');
    }
}
