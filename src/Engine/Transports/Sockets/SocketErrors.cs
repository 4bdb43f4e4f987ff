using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Engine.Transports;

/// <summary>What socket errors mean, in one place.</summary>
internal static class SocketErrors
{
    /// <summary>A failed receive or send as the connection's users see it.</summary>
    public static Exception Translate(TransportConnection connection, Exception exception)
    {
        if (connection.Fault is { } fault)
        {
            return TransportConnection.ToThrow(fault);
        }

        if (exception is not SocketException socket)
        {
            return exception is ObjectDisposedException
                ? new ConnectionAbortedException("The connection is disposed.", exception)
                : exception;
        }

        var peer = connection.RemoteEndPoint;
        return socket.SocketErrorCode switch
        {
            SocketError.OperationAborted or SocketError.Interrupted or SocketError.NotSocket =>
                new ConnectionAbortedException("The connection is disposed.", exception),
            SocketError.TimedOut => new ConnectionResetException($"The connection to {peer} was lost: the peer no longer answers.", exception),
            SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown or SocketError.HostDown =>
                new ConnectionResetException($"The connection to {peer} was lost: the network is unreachable.", exception),
            _ => new ConnectionResetException($"The connection to {peer} was reset by the peer.", exception),
        };
    }

    /// <summary>A failed connect by its kind.</summary>
    public static ConnectFailure Classify(Exception exception) => exception is not SocketException socket
        ? ConnectFailure.Other
        : socket.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => ConnectFailure.Refused,
            SocketError.TimedOut => ConnectFailure.TimedOut,
            SocketError.ConnectionReset or SocketError.ConnectionAborted => ConnectFailure.Reset,
            SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown or SocketError.HostDown
                or SocketError.AccessDenied or SocketError.AddressFamilyNotSupported => ConnectFailure.Unreachable,
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery => ConnectFailure.NameNotFound,
            SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.ProcessLimit => ConnectFailure.LocalLimit,
            _ => ConnectFailure.Other,
        };

    /// <summary>One kind in words, to end "could not connect to X: …".</summary>
    public static string Describe(ConnectFailure kind, Exception? exception) => kind switch
    {
        ConnectFailure.Refused => "connection refused (is the service running, and on this port?)",
        ConnectFailure.TimedOut => "no answer in time (is a firewall in between?)",
        ConnectFailure.Unreachable => "unreachable (check the route to it)",
        ConnectFailure.Reset => "reset by the peer while connecting",
        ConnectFailure.LocalLimit => "this system has no sockets, ports or memory left (raise the limit of open files)",
        ConnectFailure.NameNotFound => $"the name has no address ({exception?.Message ?? "none found"}; check the name and the resolver)",
        _ => exception?.Message ?? "failed",
    };

    /// <summary>Whether an accept failed for want of resources that others may give back.</summary>
    public static bool IsExhaustion(SocketException exception) => Classify(exception) == ConnectFailure.LocalLimit;

    /// <summary>An address as people write it.</summary>
    public static string Format(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
        _ => endPoint.ToString() ?? endPoint.GetType().Name,
    };
}
