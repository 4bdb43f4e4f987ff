using Engine.EndToEnd.Harness;
using Engine.Testing;
using Engine.Tests;
using Grpc.Core;
using Grpc.Net.Client;

namespace Engine.EndToEnd;

[Collection(TunnelTests.Name)]
public sealed class GrpcTests(TunnelFixture tunnel)
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(1 << 20)]
    public async Task A_call_brings_its_answer_and_its_trailers(int length)
    {
        var (client, options) = Dial();
        using var call = client.SayAsync(new Words { Text = new string('x', length) }, options);

        Assert.Equal(length, (await call).Text.Length);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Equal("the origin", call.GetTrailers().GetValue("said-by"));
    }

    [Fact]
    public async Task A_refusal_brings_its_status_and_message()
    {
        var (client, options) = Dial();
        var refusal = await Assert.ThrowsAsync<RpcException>(() => client.RefuseAsync(new Words(), options).ResponseAsync);

        Assert.Equal((StatusCode.FailedPrecondition, "not today, naïve one"), (refusal.StatusCode, refusal.Status.Detail));
    }

    [Fact]
    public async Task A_stream_of_answers_comes_whole_and_in_order()
    {
        var (client, options) = Dial();
        using var call = client.Count(new Words { Text = "1000" }, options);
        var answers = await call.ResponseStream.ReadAllAsync().Select(words => int.Parse(words.Text)).ToListAsync();

        Assert.Equal(Enumerable.Range(1, 1000), answers);
    }

    [Fact]
    public async Task A_conversation_goes_back_and_forth_on_one_stream()
    {
        var (client, options) = Dial();
        using var call = client.Talk(options);
        for (var turn = 0; turn < 20; turn++)
        {
            await call.RequestStream.WriteAsync(new Words { Text = $"turn {turn}" });

            Assert.True(await call.ResponseStream.MoveNext(Deadline.Token()));
            Assert.Equal($"turn {turn}", call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(Deadline.Token()));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private (Echo.EchoClient Client, CallOptions Options) Dial()
    {
        var channel = GrpcChannel.ForAddress("http://grpc.test", new GrpcChannelOptions { HttpHandler = Visitor.Handler(tunnel.Port) });
        return (new Echo.EchoClient(channel), new CallOptions(deadline: DateTime.UtcNow + Deadline.Standard));
    }
}
