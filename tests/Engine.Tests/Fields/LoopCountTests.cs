using Engine.Fields;

namespace Engine.Tests.Fields;

public sealed class LoopCountTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("engine", 1)]
    [InlineData("engine; loops=1", 1)]
    [InlineData("engine;loops=3", 3)]
    [InlineData("cloudflare; loops=7", 0)]
    [InlineData("cloudflare; loops=7, Engine; loops=2", 2)]
    [InlineData("engine; loops=2, engine; loops=3", 5)]
    [InlineData("other; note=\"a, engine; loops=5\"", 0)]
    [InlineData("other; note=\"a\\\", engine; loops=5\"", 0)]
    [InlineData("engines; loops=5", 0)]
    public void Passes_of_our_own_are_counted_and_no_one_elses(string value, int expected) =>
        Assert.Equal(expected, LoopCount.Read(ListOf(("CDN-Loop", value))));

    [Theory]
    [InlineData("engine; loops=99999999999999999999")]
    [InlineData("engine; loops=-1")]
    [InlineData("engine; loops=x")]
    [InlineData("engine; loops=")]
    [InlineData("engine; loops=2147483647, engine; loops=2147483647")]
    public void A_count_that_is_none_counts_as_too_many(string value) =>
        Assert.True(LoopCount.Read(ListOf(("cdn-loop", value))) > LoopCount.Limit);

    [Fact]
    public void Entries_of_others_stay_as_they_were_in_front_of_ours()
    {
        var target = new FieldList();
        LoopCount.Write(
            ListOf(("CDN-Loop", "a; x=\"1,2\", engine; loops=1"), ("cdn-loop", "b")), target, 2);

        Assert.Equal("a; x=\"1,2\", b, engine; loops=2", target.GetString("cdn-loop"u8));
        Assert.Equal(1, target.Count);
    }

    [Fact]
    public void Every_truncation_of_a_value_is_read_without_fault()
    {
        const string Value = "a; x=\"1\\\",2\", engine; loops=3, b";
        for (var length = 0; length <= Value.Length; length++)
        {
            Assert.InRange(LoopCount.Read(ListOf(("cdn-loop", Value[..length]))), 0, LoopCount.Most);
        }
    }

    private static FieldList ListOf(params (string Name, string Value)[] fields)
    {
        var list = new FieldList();
        foreach (var (name, value) in fields)
        {
            list.Add(System.Text.Encoding.ASCII.GetBytes(name), value);
        }

        return list;
    }
}
