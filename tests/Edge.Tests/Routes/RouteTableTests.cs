using System.Text;
using Engine.Edge.Routes;
using Engine.Ingress;

namespace Engine.Edge.Tests.Routes;

public sealed class RouteTableTests
{
    private static readonly Guid One = Guid.NewGuid();
    private static readonly Guid Two = Guid.NewGuid();
    private static readonly Guid Three = Guid.NewGuid();

    [Theory]
    [InlineData("a.test")]
    [InlineData("A.TEST")]
    [InlineData("a.test.")]
    [InlineData("a.test:8080")]
    [InlineData("a.test.:443")]
    public void One_name_is_found_in_all_its_spellings(string authority) => Assert.Equal(One, Find(Table(), authority));

    [Fact]
    public void The_exact_name_wins_then_the_nearest_wildcard_then_the_star()
    {
        var table = new RouteTable([new("b.test", One), new("*.b.test", Two), new("*.x.b.test", Three), new("*", Guid.Empty)]);

        Assert.Equal(One, Find(table, "b.test"));
        Assert.Equal(Two, Find(table, "c.b.test"));
        Assert.Equal(Two, Find(table, "d.c.b.test"));
        Assert.Equal(Three, Find(table, "y.x.b.test"));
        Assert.Equal(Two, Find(table, "x.b.test"));
        Assert.Equal(Guid.Empty, Find(table, "elsewhere.test"));
        Assert.Equal(Guid.Empty, Find(table, "notb.test"));
    }

    [Fact]
    public void A_wildcard_does_not_take_the_name_it_stands_on() => Assert.Null(Find(new RouteTable([new("*.b.test", One)]), "b.test"));

    [Fact]
    public void A_name_in_another_script_is_routed_by_its_punycode()
    {
        var table = new RouteTable([new("bücher.test", One)]);

        Assert.Equal(One, Find(table, "xn--bcher-kva.test"));
        Assert.Equal(One, Find(table, "BÜCHER.test"));
    }

    [Theory]
    [InlineData("management.argotunnel.com")]
    [InlineData("Management.ArgoTunnel.com.")]
    [InlineData("MANAGEMENT.argotunnel.com:443")]
    [InlineData("management.fed.argotunnel.com")]
    public void The_management_names_are_never_routed(string authority)
    {
        var table = new RouteTable([new("*", One), new("*.argotunnel.com", One), new("*.fed.argotunnel.com", One)]);

        Assert.Null(Find(table, authority));
    }

    [Theory]
    [InlineData("management.argotunnel.com")]
    [InlineData("a b.test")]
    [InlineData("a.test:80")]
    [InlineData("")]
    [InlineData("a.*.test")]
    [InlineData("user@a.test")]
    public void A_route_that_cannot_be_is_refused_by_its_name(string hostname)
    {
        var refusal = Assert.Throws<EdgeConfigurationException>(() => new RouteTable([new(hostname, One)]));

        Assert.Contains($"'{hostname}'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.test", "A.test.")]
    [InlineData("*.a.test", "*.A.test")]
    [InlineData("*", "*")]
    public void A_name_that_is_listed_twice_is_refused(string first, string second) =>
        Assert.Throws<EdgeConfigurationException>(() => new RouteTable([new(first, One), new(second, Two)]));

    private static RouteTable Table() => new([new("a.test", One), new("b.test", Two)]);

    private static Guid? Find(RouteTable table, string authority)
    {
        Span<byte> name = stackalloc byte[CanonicalName.MaxLength];
        Assert.True(CanonicalName.TryWrite(Encoding.UTF8.GetBytes(authority), name, out var length));
        return table.TryFind(name[..length], out var tunnel) ? tunnel : null;
    }
}
