using System.Net;
using Engine.Testing;
using Engine.Testing.Origins;
using Engine.Tests;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Engine.EndToEnd.Origins;

/// <summary>A gRPC service on Kestrel behind nginx, which speaks HTTP/1.1 with trailers to us and HTTP/2 to Kestrel.</summary>
internal sealed class GrpcOrigin : IAsyncDisposable
{
    private readonly WebApplication _service;
    private readonly NginxOrigin _nginx;

    private GrpcOrigin(WebApplication service, NginxOrigin nginx)
    {
        _service = service;
        _nginx = nginx;
    }

    /// <summary>Where HTTP/1.1 is taken.</summary>
    public int Port => _nginx.Port;

    public static async Task<GrpcOrigin> StartAsync()
    {
        var port = FreePort.Next();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.WebHost.ConfigureKestrel(options =>
            options.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2));
        var service = builder.Build();
        service.MapGrpcService<EchoService>();
        await service.StartAsync().Within();
        var nginx = await NginxOrigin.StartAsync($"location /engine.tests.Echo/ {{ grpc_pass grpc://127.0.0.1:{port}; grpc_read_timeout 60s; }}");
        return new GrpcOrigin(service, nginx);
    }

    public async ValueTask DisposeAsync()
    {
        await _nginx.DisposeAsync();
        await _service.DisposeAsync();
    }
}

/// <summary>Each kind of call that gRPC has.</summary>
internal sealed class EchoService : Echo.EchoBase
{
    public override Task<Words> Say(Words request, ServerCallContext context)
    {
        context.ResponseTrailers.Add("said-by", "the origin");
        return Task.FromResult(request);
    }

    public override Task<Words> Refuse(Words request, ServerCallContext context) =>
        throw new RpcException(new Status(StatusCode.FailedPrecondition, "not today, naïve one"));

    public override async Task Count(Words request, IServerStreamWriter<Words> responseStream, ServerCallContext context)
    {
        for (var i = 1; i <= int.Parse(request.Text); i++)
        {
            await responseStream.WriteAsync(new Words { Text = i.ToString() });
        }
    }

    public override async Task Talk(
        IAsyncStreamReader<Words> requestStream, IServerStreamWriter<Words> responseStream, ServerCallContext context)
    {
        await foreach (var words in requestStream.ReadAllAsync())
        {
            await responseStream.WriteAsync(words);
        }
    }
}
