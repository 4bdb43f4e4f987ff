using Engine.Http2.Host;

namespace Engine.Interop.Http2;

/// <summary>Our server role on two loopback ports, cleartext and TLS, for the tests of a class.</summary>
public sealed class HostFixture : IAsyncLifetime
{
    private HostServer _server = null!;

    /// <summary>Cleartext, with prior knowledge.</summary>
    public string Cleartext => $"http://127.0.0.1:{_server.Port}";

    /// <summary>TLS with a certificate that it signed itself.</summary>
    public string Tls => $"https://127.0.0.1:{_server.TlsPort}";

    public int Port => _server.Port;

    public async Task InitializeAsync() => _server = await HostServer.StartAsync(new HostOptions(TlsPort: 0));

    public async Task DisposeAsync() => await _server.DisposeAsync();
}
