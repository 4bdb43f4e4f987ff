using System.Net;
using System.Threading.Channels;
using Engine.Origins;
using Engine.Testing;
using Engine.Transports;
using Microsoft.AspNetCore.Connections;

namespace Engine.Protocols.Http.Tests;

/// <summary>A handler whose origin is the test: each dial yields a connection to script, or fails as told.</summary>
internal sealed class ScriptedOrigin : IConnectionFactory, IAsyncDisposable
{
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>();
    private readonly List<ConnectionContext> _all = [];

    public ScriptedOrigin(OriginOptions? origin = null, string service = "http://origin.test:8080", Action<HttpOriginOptions>? configure = null)
    {
        Options = new HttpOriginOptions { Transport = _ => this, TimeProvider = Time };
        configure?.Invoke(Options);
        Handler = new HttpOriginHandler(Options);
        Assert.True(Origin.TryParse(service, origin ?? OriginOptions.Default, out var parsed, out var error), error);
        Origin = parsed;
    }

    public WatchedTime Time { get; } = new();

    public HttpOriginOptions Options { get; }

    public HttpOriginHandler Handler { get; }

    public Origin Origin { get; }

    public int Dials { get; private set; }

    public int BufferSize { get; set; } = 64 * 1024;

    /// <summary>What a dial does instead of connecting.</summary>
    public Func<CancellationToken, ValueTask<ConnectionContext>>? OnDial { get; set; }

    public ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Dials++;
        if (OnDial is not null)
        {
            return OnDial(cancellationToken);
        }

        var (ours, theirs) = MemoryConnection.CreatePair(new MemoryConnectionOptions { BufferSize = BufferSize });
        _all.Add(theirs);
        _accepted.Writer.TryWrite(theirs);
        return new(ours);
    }

    /// <summary>The next connection that was dialled.</summary>
    public async Task<ConnectionContext> AcceptAsync() => await _accepted.Reader.ReadAsync().AsTask().Within();

    /// <summary>Hands a stream to the handler and disposes it when that has ended, as the connector does.</summary>
    public Task Handle(FakeTunnelStream stream)
    {
        stream.Origin = Origin;
        return RunAsync(stream);
    }

    /// <summary>One whole exchange: the request's head as the origin saw it, the answer as scripted.</summary>
    public async Task<string> ExchangeAsync(FakeTunnelStream stream, string answer, ConnectionContext? connection = null)
    {
        var handling = Handle(stream);
        connection ??= await AcceptAsync();
        var head = await connection.ReadHeadAsync();
        await connection.SendAsync(answer);
        await handling.Within();
        return head;
    }

    public async ValueTask DisposeAsync()
    {
        await Handler.DisposeAsync();
        foreach (var connection in _all)
        {
            await connection.DisposeAsync();
        }
    }

    private async Task RunAsync(FakeTunnelStream stream)
    {
        await Handler.OnStreamAsync(stream);
        await stream.DisposeAsync();
    }
}
