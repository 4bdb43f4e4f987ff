using System.Security.Cryptography;
using System.Text;
using Engine.Fields;
using Engine.Http2;
using Engine.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Engine.Interop.Http2;

/// <summary>Our client role against Kestrel.</summary>
public sealed class KestrelTests : IAsyncLifetime
{
    private WebApplication _server = null!;
    private int _port;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2);
        });
        _server = builder.Build();
        _server.MapGet("/", () => "hello");
        _server.MapPost("/echo", async (HttpContext context) =>
        {
            context.Response.DeclareTrailer("x-sum");
            await context.Response.StartAsync();
            await context.Request.BodyReader.CopyToAsync(context.Response.BodyWriter);
            context.Response.AppendTrailer("x-sum", context.Request.GetTrailer("x-ours").ToString());
        });
        _server.MapGet("/reset", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("some");
            await context.Response.Body.FlushAsync();
            context.Features.Get<IHttpResetFeature>()!.Reset((int)Http2ErrorCode.EnhanceYourCalm);
        });
        _server.MapGet("/cookies", (HttpContext context) => string.Join('|', context.Request.Headers.Cookie.ToArray()));
        await _server.StartAsync().Within();
        _port = new Uri(_server.Urls.First()).Port;
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task We_get_an_answer()
    {
        await using var client = await EngineClient.ConnectAsync(_port);
        await using var stream = await client.OpenAsync("GET", "/");
        Assert.Equal("200", await EngineClient.ReadStatusAsync(stream));
        Assert.Equal(SHA256.HashData("hello"u8), (await EngineClient.ReadBodyAsync(stream)).Hash);
    }

    [Fact]
    public async Task It_echoes_our_upload_and_our_trailers()
    {
        await using var client = await EngineClient.ConnectAsync(_port);
        var sent = RandomNumberGenerator.GetBytes(32 << 20);
        await using var stream = await client.OpenAsync("POST", "/echo", hasBody: true);
        var writing = WriteWithTrailersAsync(stream, sent);
        Assert.Equal("200", await EngineClient.ReadStatusAsync(stream));
        Assert.Equal(SHA256.HashData(sent), (await EngineClient.ReadBodyAsync(stream)).Hash);
        await writing.Within();
        Assert.Equal("42", stream.Trailers?.GetString("x-sum"u8));
    }

    [Fact]
    public async Task A_hundred_uploads_in_parallel_are_all_echoed()
    {
        await using var client = await EngineClient.ConnectAsync(_port);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async number =>
        {
            var sent = Encoding.ASCII.GetBytes($"{number}:{new string('x', 10_000)}");
            await using var stream = await client.OpenAsync("POST", "/echo", hasBody: true);
            await EngineClient.WriteBodyAsync(stream, sent);
            Assert.Equal("200", await EngineClient.ReadStatusAsync(stream));
            Assert.Equal(SHA256.HashData(sent), (await EngineClient.ReadBodyAsync(stream)).Hash);
        })).Within(Deadline.Bulk);
    }

    [Fact]
    public async Task Its_reset_arrives_with_its_code_and_ends_one_stream_only()
    {
        await using var client = await EngineClient.ConnectAsync(_port);
        await using (var stream = await client.OpenAsync("GET", "/reset"))
        {
            Assert.Equal("200", await EngineClient.ReadStatusAsync(stream));
            await Assert.ThrowsAnyAsync<ConnectionResetException>(() => EngineClient.ReadBodyAsync(stream));
            Assert.Equal(Http2ErrorCode.EnhanceYourCalm, stream.ResetCode);
        }

        Assert.Equal("200", (await client.GetAsync("/")).Status);
    }

    [Fact]
    public async Task Streams_that_we_cancel_leave_the_connection_to_others()
    {
        await using var client = await EngineClient.ConnectAsync(_port);
        for (var i = 0; i < 50; i++)
        {
            await using var stream = await client.OpenAsync("POST", "/echo", hasBody: true);
            await stream.Transport.Output.WriteAsync(new byte[1000]).AsTask().Within();
            stream.Reset(Http2ErrorCode.Cancel);
        }

        Assert.Equal("200", (await client.GetAsync("/")).Status);
    }

    [Fact]
    public async Task Fields_of_every_size_and_kind_arrive_whole_through_its_decoder()
    {
        await using var client = await EngineClient.ConnectAsync(_port);
        for (var i = 0; i < 30; i++)
        {
            var head = new FieldList();
            head.Add(":method"u8, "GET"u8);
            head.Add(":scheme"u8, "http"u8);
            head.Add(":path"u8, "/cookies"u8);
            head.Add(":authority"u8, "localhost"u8);
            head.Add("X-Filler"u8, new string((char)('a' + (i % 26)), i * 97));
            head.Add("cookie"u8, $"a={i}");
            await using var stream = await client.Connection.OpenStreamAsync(head, endStream: true).Within();
            Assert.Equal("200", await EngineClient.ReadStatusAsync(stream));
            Assert.Equal(SHA256.HashData(Encoding.ASCII.GetBytes($"a={i}")), (await EngineClient.ReadBodyAsync(stream)).Hash);
        }
    }

    private static async Task WriteWithTrailersAsync(Http2Stream stream, ReadOnlyMemory<byte> body)
    {
        for (; body.Length > 0; body = body[Math.Min(body.Length, 50_000)..])
        {
            await stream.Transport.Output.WriteAsync(body[..Math.Min(body.Length, 50_000)]).Within(Deadline.Bulk);
        }

        var trailers = new FieldList();
        trailers.Add("x-ours"u8, "42"u8);
        stream.WriteTrailers(trailers);
    }
}
