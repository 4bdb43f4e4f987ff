using Engine.Edge.Registry;
using Engine.Testing;
using Engine.Tunnels;

namespace Engine.Edge.Tests.Registry;

public sealed class StaticTunnelAuthenticatorTests
{
    private static readonly Guid Id = Guid.NewGuid();
    private static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(value => (byte)value)];

    [Fact]
    public async Task The_right_account_and_secret_are_let_in()
    {
        var answer = await AskAsync(Id, "account", Secret);

        Assert.NotNull(answer.Details);
        Assert.Equal("LAB", answer.Details.Location);
        Assert.False(answer.Details.IsRemotelyManaged);
        Assert.NotEqual(Guid.Empty, answer.Details.Id);
    }

    [Fact]
    public async Task Every_refusal_reads_the_same_and_says_unauthorized()
    {
        byte[] wrong = [.. Secret];
        wrong[31] ^= 1;
        var refusals = new[]
        {
            await AskAsync(Guid.NewGuid(), "account", Secret),
            await AskAsync(Id, "account", wrong),
            await AskAsync(Id, "account", Secret[..31]),
            await AskAsync(Id, "account", []),
            await AskAsync(Id, "accounT", Secret),
            await AskAsync(Id, "", Secret),
            await AskAsync(Guid.Empty, "", []),
        };

        Assert.All(refusals, refusal =>
        {
            Assert.Null(refusal.Details);
            Assert.Contains("Unauthorized", refusal.Cause, StringComparison.Ordinal);
            Assert.True(refusal.ShouldRetry);
            Assert.Equal(refusals[0], refusal);
        });
    }

    [Fact]
    public async Task A_tunnel_without_an_account_takes_any()
    {
        var authenticator = new StaticTunnelAuthenticator([new EdgeTunnel(Id, "", Secret)], "LAB");

        var answer = await authenticator.AuthenticateAsync(RequestOf(Id, "anything", Secret), default).Within();

        Assert.NotNull(answer.Details);
    }

    [Fact]
    public void A_tunnel_without_a_secret_is_refused_at_start() =>
        Assert.Throws<EdgeConfigurationException>(() => new StaticTunnelAuthenticator([new EdgeTunnel(Id, "", default)], "LAB"));

    [Fact]
    public void A_tunnel_listed_twice_is_refused_at_start() =>
        Assert.Throws<EdgeConfigurationException>(() => new StaticTunnelAuthenticator([new EdgeTunnel(Id, "a", Secret), new EdgeTunnel(Id, "b", Secret)], "LAB"));

    [Fact]
    public void A_tunnel_as_text_does_not_show_its_secret() =>
        Assert.DoesNotContain("0102", new EdgeTunnel(Id, "a", Secret).ToString(), StringComparison.Ordinal);

    private static Task<TunnelAuthentication> AskAsync(Guid id, string account, byte[] secret) =>
        new StaticTunnelAuthenticator([new EdgeTunnel(Id, "account", Secret)], "LAB").AuthenticateAsync(RequestOf(id, account, secret), default).Within();

    private static TunnelRegistrationRequest RequestOf(Guid id, string account, byte[] secret) =>
        new() { TunnelId = id, AccountTag = account, Secret = secret };
}
