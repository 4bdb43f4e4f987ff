using System.Collections.Concurrent;

namespace Engine.Edge.Registry;

/// <summary>Which connections serve which tunnel right now, and which of them takes the next stream.</summary>
/// <remarks>Thread-safe. Registering copies a tunnel's short list; choosing reads it without a lock.</remarks>
internal sealed class TunnelRegistry
{
    private readonly ConcurrentDictionary<Guid, ITunnelLink[]> _links = new();
    private readonly Lock _lock = new();
    private uint _turn;

    /// <summary>How many connections are registered.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var pair in _links)
            {
                count += pair.Value.Length;
            }

            return count;
        }
    }

    /// <summary>Puts a connection into service.</summary>
    /// <returns>The connection that had the same connector and index, now out of service: its connector has given it up.</returns>
    public ITunnelLink? Add(ITunnelLink link)
    {
        lock (_lock)
        {
            var links = Of(link.TunnelId);
            for (var i = 0; i < links.Length; i++)
            {
                if (links[i].ConnectorId == link.ConnectorId && links[i].Index == link.Index)
                {
                    var older = links[i];
                    var changed = (ITunnelLink[])links.Clone();
                    changed[i] = link;
                    _links[link.TunnelId] = changed;
                    return older;
                }
            }

            _links[link.TunnelId] = [.. links, link];
            return null;
        }
    }

    /// <summary>Takes a connection out of service; one that was replaced is out already.</summary>
    public void Remove(ITunnelLink link)
    {
        lock (_lock)
        {
            var links = Of(link.TunnelId);
            var index = Array.IndexOf(links, link);
            if (index >= 0)
            {
                _links[link.TunnelId] = [.. links.AsSpan(0, index), .. links.AsSpan(index + 1)];
            }
        }
    }

    /// <summary>The connection with the fewest streams among those that take any, equals in turn; null when there is none.</summary>
    /// <param name="tunnel">The tunnel.</param>
    /// <param name="tried">Connections that have refused this request already.</param>
    public ITunnelLink? Choose(Guid tunnel, ReadOnlySpan<ITunnelLink?> tried = default)
    {
        var links = Of(tunnel);
        var start = Interlocked.Increment(ref _turn);
        ITunnelLink? best = null;
        var fewest = int.MaxValue;
        for (var i = 0; i < links.Length; i++)
        {
            var link = links[(int)((start + (uint)i) % (uint)links.Length)];
            var streams = link.ActiveStreams;
            if (streams < fewest && !link.IsDraining && !tried.Contains(link))
            {
                (best, fewest) = (link, streams);
            }
        }

        return best;
    }

    /// <summary>Every connection of a tunnel, those that drain included.</summary>
    public IReadOnlyList<ITunnelLink> LinksOf(Guid tunnel) => Of(tunnel);

    /// <summary>Every connection.</summary>
    public IReadOnlyList<ITunnelLink> All()
    {
        var all = new List<ITunnelLink>();
        foreach (var pair in _links)
        {
            all.AddRange(pair.Value);
        }

        return all;
    }

    private ITunnelLink[] Of(Guid tunnel) => _links.TryGetValue(tunnel, out var links) ? links : [];
}
