using System.Net;

namespace Engine.Tests.Connectors;

public sealed class ConnectorAddressesTests
{
    private static readonly EndPoint One = ConnectorFixture.Address(1);
    private static readonly EndPoint Two = ConnectorFixture.Address(2);
    private static readonly EndPoint Three = ConnectorFixture.Address(3);

    [Fact]
    public void Connections_are_spread_over_the_entries()
    {
        var addresses = new ConnectorAddresses([One, Two]);
        Assert.Equal([0, 1, 0, 1], new[] { addresses.Take(0), addresses.Take(1), addresses.Take(2), addresses.Take(3) });
    }

    [Fact]
    public void Equal_entries_are_entries_of_their_own()
    {
        var addresses = new ConnectorAddresses([One, One, Two]);
        Assert.Equal([0, 1, 2], new[] { addresses.Take(0), addresses.Take(1), addresses.Take(2) });
        Assert.Equal(One, addresses[1]);
    }

    [Fact]
    public void After_a_failure_every_other_address_has_its_turn()
    {
        var addresses = new ConnectorAddresses([One, Two, Three]);
        var turns = new List<int> { addresses.Take(0) };
        for (var i = 0; i < 5; i++)
        {
            addresses.Release(turns[^1]);
            turns.Add(addresses.Take(0, avoid: turns[^1]));
        }

        Assert.Equal([0, 1, 2, 0, 1, 2], turns);
    }

    [Fact]
    public void An_equal_entry_is_no_other_address()
    {
        var addresses = new ConnectorAddresses([One, One, Two]);
        Assert.Equal(2, addresses.Take(0, avoid: 0));
    }

    [Fact]
    public void Without_another_address_it_is_the_same_one()
    {
        var addresses = new ConnectorAddresses([One, One]);
        Assert.Equal(0, addresses.Take(0, avoid: 0));
    }
}
