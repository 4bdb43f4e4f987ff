using System.Net;
using Engine.EndToEnd.Harness;
using Engine.Testing;

namespace Engine.EndToEnd;

/// <summary>Each kind of origin that a rule can name.</summary>
[Collection(TunnelTests.Name)]
public sealed class OriginTests(TunnelFixture tunnel)
{
    [Theory]
    [InlineData("tls.test", "https tls.test origin.internal\n")]
    [InlineData("tls-unverified.test", "https tls-unverified.test \n")]
    [InlineData("unix.test", "http unix.test \n")]
    [InlineData("unix-tls.test", "https unix-tls.test origin.internal\n")]
    [InlineData("renamed.test", "http inside.example \n")]
    public async Task An_origin_is_reached_the_way_its_rule_says(string host, string seen)
    {
        using var client = Visitor.Http1(tunnel.Port);

        Assert.Equal(seen, await client.GetStringAsync($"http://{host}/what", Deadline.Token()));
    }

    [Theory]
    [InlineData("tls-distrusted.test")]
    [InlineData("tls-misnamed.test")]
    public async Task An_origin_that_cannot_prove_its_name_is_not_spoken_to(string host)
    {
        using var client = Visitor.Http1(tunnel.Port);
        using var answer = await client.GetAsync($"http://{host}/what", Deadline.Token());

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(["origin-tls-failed"], answer.Headers.GetValues("engine-error"));
    }

    [Theory]
    [InlineData("teapot.test", 418)]
    [InlineData("hello.test", 200)]
    [InlineData("nobody.test", 404)]
    public async Task The_connector_answers_itself_where_the_rule_says_so(string host, int status)
    {
        using var client = Visitor.Http2(tunnel.Port);
        using var answer = await client.GetAsync($"http://{host}/", Deadline.Token());

        Assert.Equal(status, (int)answer.StatusCode);
    }
}
