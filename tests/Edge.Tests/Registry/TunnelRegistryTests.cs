using Engine.Edge.Registry;
using Engine.Edge.Tests.Fakes;

namespace Engine.Edge.Tests.Registry;

public sealed class TunnelRegistryTests
{
    private static readonly Guid Tunnel = Guid.NewGuid();
    private readonly TunnelRegistry _registry = new();

    [Fact]
    public void The_connection_with_the_fewest_streams_is_chosen()
    {
        var busy = Add(streams: 3);
        var idle = Add(streams: 1);
        Add(streams: 2);

        Assert.Same(idle, _registry.Choose(Tunnel));
        idle.ActiveStreams = 9;
        busy.ActiveStreams = 0;
        Assert.Same(busy, _registry.Choose(Tunnel));
    }

    [Fact]
    public void Equally_busy_connections_take_turns()
    {
        var links = new[] { Add(), Add(), Add(), Add() };

        var chosen = Enumerable.Range(0, 8).Select(_ => _registry.Choose(Tunnel)).ToList();

        Assert.All(links, link => Assert.Equal(2, chosen.Count(other => other == link)));
    }

    [Fact]
    public void Draining_and_tried_connections_are_passed_over()
    {
        var draining = Add();
        draining.IsDraining = true;
        var tried = Add();
        var left = Add(streams: 100);

        Assert.Same(left, _registry.Choose(Tunnel, [tried, null]));
        Assert.Null(_registry.Choose(Tunnel, [tried, left]));
    }

    [Fact]
    public void A_second_registration_of_an_index_replaces_the_first()
    {
        var connector = Guid.NewGuid();
        var older = new ScriptedLink { TunnelId = Tunnel, ConnectorId = connector, Index = 2 };
        var newer = new ScriptedLink { TunnelId = Tunnel, ConnectorId = connector, Index = 2 };
        var other = new ScriptedLink { TunnelId = Tunnel, ConnectorId = Guid.NewGuid(), Index = 2 };
        Assert.Null(_registry.Add(older));
        Assert.Null(_registry.Add(other));

        Assert.Same(older, _registry.Add(newer));

        Assert.Equal(2, _registry.Count);
        Assert.DoesNotContain(older, _registry.LinksOf(Tunnel));

        // The replaced one ends later: that must not take the newer one out.
        _registry.Remove(older);
        Assert.Contains(newer, _registry.LinksOf(Tunnel));
    }

    [Fact]
    public void Tunnels_do_not_see_each_others_connections()
    {
        Add();
        Assert.Null(_registry.Choose(Guid.NewGuid()));
    }

    [Fact]
    public void A_removed_connection_is_chosen_no_more()
    {
        var link = Add();
        _registry.Remove(link);

        Assert.Null(_registry.Choose(Tunnel));
        Assert.Equal(0, _registry.Count);
    }

    private ScriptedLink Add(int streams = 0)
    {
        var link = new ScriptedLink { TunnelId = Tunnel, ActiveStreams = streams };
        _registry.Add(link);
        return link;
    }
}
