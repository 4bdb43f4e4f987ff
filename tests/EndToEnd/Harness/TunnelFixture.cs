using Engine.EndToEnd.Origins;
using Engine.Testing;
using Engine.Testing.Origins;

namespace Engine.EndToEnd.Harness;

/// <summary>The whole path, shared by the tests that only use it: an edge process, a connector process, and real origins behind it.</summary>
public sealed class TunnelFixture : IAsyncLifetime
{
    private readonly Identity _identity = Identity.Create();
    private readonly TemporaryFolder _folder = new();
    private EdgeProcess _edge = null!;
    private ConnectorProcess _connector = null!;
    private NginxOrigin _nginx = null!;
    private ScriptOrigin _node = null!;
    private ScriptOrigin _webSocket = null!;
    private GrpcOrigin _grpc = null!;

    /// <summary>Where visitors come in cleartext: HTTP/1.1, or HTTP/2 with prior knowledge.</summary>
    public int Port => _edge.VisitorPort;

    /// <summary>Where visitors come over TLS.</summary>
    public int TlsPort => _edge.TlsPort;

    /// <summary>Where connectors come.</summary>
    public int TunnelPort => _edge.TunnelPort;

    /// <summary>The SHA-256 of <c>http://files.test/gigabyte</c>.</summary>
    public string GigabyteHash { get; private set; } = "";

    /// <summary>Where nginx keeps what is PUT under /upload/.</summary>
    public string Uploads => Path.Combine(_nginx.Root, "upload");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        var tlsPort = FreePort.Next();
        var (certificate, key) = Certificates.Write(_folder, "origin", "origin.internal");
        _nginx = await NginxOrigin.StartAsync($$"""
            listen 127.0.0.1:{{tlsPort}} ssl;
            listen unix:{{_folder["plain.sock"]}};
            listen unix:{{_folder["tls.sock"]}} ssl;
            ssl_certificate {{certificate}};
            ssl_certificate_key {{key}};
            location /what { default_type text/plain; return 200 "$scheme $host $ssl_server_name\n"; }
            """);
        GigabyteHash = BulkFile.Write(Path.Combine(_nginx.Root, "gigabyte"), 1024);
        _node = await ScriptOrigin.StartNodeAsync();
        _webSocket = await ScriptOrigin.StartWebSocketAsync();
        _grpc = await GrpcOrigin.StartAsync();
        _edge = new EdgeProcess(_identity, "*.test");
        await _edge.StartAsync();
        _connector = new ConnectorProcess(_identity, _edge.TunnelPort, _edge.CaFile, $"""
              - hostname: files.test
                service: http://127.0.0.1:{_nginx.Port}
              - hostname: node.test
                service: http://127.0.0.1:{_node.Port}
              - hostname: ws.test
                service: ws://127.0.0.1:{_webSocket.Port}
              - hostname: grpc.test
                service: http://127.0.0.1:{_grpc.Port}
              - hostname: refused.test
                service: http://127.0.0.1:{FreePort.Next()}
              - hostname: loop.test
                service: http://127.0.0.1:{_edge.VisitorPort}
              - hostname: tls.test
                service: https://127.0.0.1:{tlsPort}
                originRequest:
                  caPool: {certificate}
                  originServerName: origin.internal
              - hostname: tls-unverified.test
                service: https://127.0.0.1:{tlsPort}
                originRequest:
                  noTLSVerify: true
              - hostname: tls-distrusted.test
                service: https://127.0.0.1:{tlsPort}
                originRequest:
                  originServerName: origin.internal
              - hostname: tls-misnamed.test
                service: https://127.0.0.1:{tlsPort}
                originRequest:
                  caPool: {certificate}
                  originServerName: other.internal
              - hostname: unix.test
                service: unix:{_folder["plain.sock"]}
              - hostname: unix-tls.test
                service: unix+tls:{_folder["tls.sock"]}
                originRequest:
                  caPool: {certificate}
                  originServerName: origin.internal
              - hostname: renamed.test
                service: http://127.0.0.1:{_nginx.Port}
                originRequest:
                  httpHostHeader: inside.example
              - hostname: teapot.test
                service: http_status:418
              - hostname: hello.test
                service: hello_world
              - service: http_status:404
            """);
        await _connector.StartAsync(connections: 4);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { _connector, _edge, _grpc, _webSocket, _node, _nginx })
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }

        _folder.Dispose();
    }

    /// <summary>The octets of memory that each of the two processes holds now.</summary>
    public IReadOnlyList<long> ResidentMemory() => [MemoryOf(_edge.Run.Id), MemoryOf(_connector.Run.Id)];

    /// <summary>What the two processes have said, for a failed test's message.</summary>
    public override string ToString() => $"{_edge.Run}\n{_connector.Run}";

    private static long MemoryOf(int process)
    {
        using var running = System.Diagnostics.Process.GetProcessById(process);
        return running.WorkingSet64;
    }
}

/// <summary>The tests that share one tunnel; they run one after another, as each may want the machine for itself.</summary>
[CollectionDefinition(Name)]
public sealed class TunnelTests : ICollectionFixture<TunnelFixture>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "tunnel";
}
