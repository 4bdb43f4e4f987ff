using System.Net;
using System.Net.Sockets;
using System.Text;
using Engine.Testing;

namespace Engine.EndToEnd.Harness;

/// <summary>A visitor who writes and reads octets, for what a well-behaved client would hide. Text is Latin-1: a character an octet.</summary>
internal sealed class RawVisitor : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly StringBuilder _received = new();

    /// <summary>All that has come so far.</summary>
    public string Received => _received.ToString();

    public static async Task<RawVisitor> ConnectAsync(int port)
    {
        var visitor = new RawVisitor();
        await visitor._socket.ConnectAsync(IPAddress.Loopback, port).Within();
        return visitor;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(byte[] octets)
    {
        for (var sent = 0; sent < octets.Length;)
        {
            sent += await _socket.SendAsync(octets.AsMemory(sent), Deadline.Token());
        }
    }

    /// <summary>Ends the sending half.</summary>
    public void Finish() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Reads until the text has come, and returns all that has come so far.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        while (!Received.Contains(text, StringComparison.Ordinal))
        {
            Assert.True(await ReadAsync(Deadline.Standard), $"The connection ended before \"{text}\" came. It brought:\n{Received}");
        }

        return Received;
    }

    /// <summary>Reads to the end; a reset is an end too.</summary>
    public async Task<string> ReadToEndAsync(TimeSpan? limit = null)
    {
        while (await ReadAsync(limit ?? Deadline.Standard))
        {
        }

        return Received;
    }

    /// <summary>Sends a request and reads its answer to the end of the connection.</summary>
    public static async Task<string> AskAsync(int port, string request)
    {
        using var visitor = await ConnectAsync(port);
        await visitor.SendAsync(request);
        return await visitor.ReadToEndAsync();
    }

    /// <summary>Resets the connection.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public void Dispose() => _socket.Dispose();

    private async Task<bool> ReadAsync(TimeSpan limit)
    {
        var buffer = new byte[16384];
        try
        {
            var count = await _socket.ReceiveAsync(buffer, Deadline.Token(limit));
            _received.Append(Encoding.Latin1.GetString(buffer, 0, count));
            return count > 0;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Nothing more came within {limit}. So far:\n{Received}");
        }
    }
}
