using Engine.Edge.Requests;

namespace Engine.Edge.Tests.Requests;

public sealed class TraceIdTests
{
    [Fact]
    public void Ids_are_sixteen_digits_and_the_location_and_never_repeat()
    {
        var ids = new TraceId("LAB");
        var seen = new HashSet<string>();
        for (var i = 0; i < 10_000; i++)
        {
            var id = ids.Next();
            Assert.Matches("^[0-9a-f]{16}-LAB$", id);
            Assert.True(seen.Add(id));
        }
    }
}
