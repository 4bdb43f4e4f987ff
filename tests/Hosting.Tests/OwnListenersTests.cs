using System.Net;
using Engine.Ingress;
using Engine.Testing;

namespace Engine.Hosting.Tests;

public class OwnListenersTests
{
    [Theory]
    [InlineData("http://localhost:8080", "127.0.0.1:8080", true)]
    [InlineData("http://LOCALHOST.:8080", "127.0.0.1:8080", true)]
    [InlineData("http://app.localhost:8080", "[::1]:8080", true)]
    [InlineData("http://127.0.0.1:8080", "127.0.0.1:8080", true)]
    [InlineData("http://0.0.0.0:8080", "127.0.0.1:8080", true)]
    [InlineData("http://127.0.0.1:8080", "[::]:8080", true)]
    [InlineData("http://[::1]:8080", "[::]:8080", true)]
    [InlineData("http://[::ffff:127.0.0.1]:8080", "127.0.0.1:8080", true)]
    [InlineData("https://localhost", "127.0.0.1:443", true)]
    [InlineData("http://localhost:8081", "127.0.0.1:8080", false)]
    [InlineData("http://127.0.0.2:8080", "127.0.0.1:8080", false)]
    [InlineData("http://192.0.2.1:8080", "[::]:8080", false)]
    [InlineData("unix:/run/app.sock", "127.0.0.1:8080", false)]
    [InlineData("http://nowhere.invalid:8080", "127.0.0.1:8080", false)]
    public async Task A_rule_that_leads_to_ourselves_is_found(string service, string listener, bool found)
    {
        Assert.True(IngressRules.TryCreate([new IngressRuleDefinition { Service = service, Position = new(7, 5) }], out var rules, out _));

        var faults = await OwnListeners.FindAsync(rules, [(IPEndPoint.Parse(listener), "the public address")], Deadline.Token());

        if (found)
        {
            Assert.StartsWith($"Rule 1 (line 7): service '{service}' is the public address", Assert.Single(faults), StringComparison.Ordinal);
        }
        else
        {
            Assert.Empty(faults);
        }
    }
}
