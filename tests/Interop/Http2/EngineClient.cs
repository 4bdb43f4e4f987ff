using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using Engine.Fields;
using Engine.Http2;
using Engine.Testing;
using Engine.Transports;
using Microsoft.AspNetCore.Connections;

namespace Engine.Interop.Http2;

/// <summary>Our client role on one connection to a server on loopback.</summary>
internal sealed class EngineClient : IAsyncDisposable
{
    private readonly Task<Http2ConnectionEnd> _run;

    private EngineClient(Http2Connection connection)
    {
        Connection = connection;
        _run = connection.RunAsync();
    }

    public Http2Connection Connection { get; }

    public static async Task<EngineClient> ConnectAsync(int port, bool tls = false)
    {
        IConnectionFactory factory = new SocketConnectionFactory();
        if (tls)
        {
            factory = new TlsConnectionFactory(factory, new TlsClientOptions
            {
                ServerName = "localhost",
                SkipVerification = true,
                ApplicationProtocols = [SslApplicationProtocol.Http2],
            });
        }

        var transport = await factory.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port)).Within();
        var client = new EngineClient(new Http2Connection(transport, Http2Role.Client, Http2ConnectionOptions.Tunnel()));
        await client.Connection.SettingsReceived.Within();
        return client;
    }

    public async Task<Http2Stream> OpenAsync(string method, string path, bool hasBody = false, string scheme = "http")
    {
        var head = new FieldList();
        head.Add(":method"u8, method);
        head.Add(":scheme"u8, scheme);
        head.Add(":path"u8, path);
        head.Add(":authority"u8, "localhost"u8);
        return await Connection.OpenStreamAsync(head, endStream: !hasBody).Within();
    }

    /// <summary>The status of a GET, and the hash and length of its body.</summary>
    public async Task<(string Status, long Length, byte[] Hash)> GetAsync(string path, string scheme = "http")
    {
        await using var stream = await OpenAsync("GET", path, scheme: scheme);
        var status = await ReadStatusAsync(stream);
        var (length, hash) = await ReadBodyAsync(stream);
        return (status, length, hash);
    }

    /// <summary>The final status; interim answers are passed over.</summary>
    public static async Task<string> ReadStatusAsync(Http2Stream stream)
    {
        while (true)
        {
            var status = (await stream.ReadHeadAsync().Within()).GetString(":status"u8)!;
            if (status[0] != '1')
            {
                return status;
            }
        }
    }

    public static async Task<(long Length, byte[] Hash)> ReadBodyAsync(Http2Stream stream)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var input = stream.Transport.Input;
        var length = 0L;
        while (true)
        {
            var read = await input.ReadAsync().Within(Deadline.Bulk);
            foreach (var segment in read.Buffer)
            {
                hash.AppendData(segment.Span);
                length += segment.Length;
            }

            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return (length, hash.GetHashAndReset());
            }
        }
    }

    public static async Task WriteBodyAsync(Http2Stream stream, ReadOnlyMemory<byte> body)
    {
        var output = stream.Transport.Output;
        for (; body.Length > 0; body = body[Math.Min(body.Length, 50_000)..])
        {
            await output.WriteAsync(body[..Math.Min(body.Length, 50_000)]).Within(Deadline.Bulk);
        }

        await output.CompleteAsync().Within(Deadline.Bulk);
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync().Within();
        await _run.Within();
    }
}
