using System.Net;
using Engine.Edge.Listening;

namespace Engine.Edge.Tests.Listening;

public sealed class VisitorBookTests
{
    private static readonly IPEndPoint Visitor = new(IPAddress.Parse("203.0.113.7"), 1);

    private readonly VisitorBook _book = new(new EdgeLimits { MaxConnectionsPerVisitor = 2, MaxStreamsPerVisitor = 2 });

    [Fact]
    public void A_connection_that_ends_makes_room_for_another()
    {
        Assert.True(_book.TryEnter(Visitor, out var first));
        Assert.True(_book.TryEnter(Visitor, out var second));
        Assert.Same(first, second);
        Assert.False(_book.TryEnter(Visitor, out var refused));
        Assert.Null(refused);

        _book.Leave(first);
        Assert.True(_book.TryEnter(Visitor, out var third));
        _book.Leave(second);
        _book.Leave(third);
        Assert.Equal(0, _book.Count);
    }

    [Fact]
    public void A_stream_that_ends_makes_room_for_another()
    {
        _book.TryEnter(Visitor, out var account);
        Assert.True(account!.TryBegin());
        Assert.True(account.TryBegin());
        Assert.False(account.TryBegin());
        Assert.False(account.TryBegin());

        account.End();
        Assert.True(account.TryBegin());
        Assert.False(account.TryBegin());
    }

    [Fact]
    public void Peers_without_an_address_of_their_own_are_not_counted()
    {
        foreach (var endPoint in new EndPoint?[] { null, new DnsEndPoint("x", 1), new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.IPv6Loopback, 1), new IPEndPoint(IPAddress.Loopback.MapToIPv6(), 1) })
        {
            for (var i = 0; i < 5; i++)
            {
                Assert.True(_book.TryEnter(endPoint, out var account));
                Assert.Null(account);
                _book.Leave(account);
            }
        }

        Assert.Equal(0, _book.Count);
    }
}
