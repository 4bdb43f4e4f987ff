using Engine.Buffers;

namespace Engine.Tests.Buffers;

public class MemoryBudgetTests
{
    [Fact]
    public void A_budget_gives_up_to_its_limit_and_all_or_nothing()
    {
        var budget = new MemoryBudget(100);
        Assert.True(budget.TryReserve(60));
        Assert.False(budget.TryReserve(41));
        Assert.Equal(60, budget.Used);
        Assert.True(budget.TryReserve(40));
        Assert.False(budget.TryReserve(1));
        budget.Release(100);
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public void Headroom_is_half_of_the_limit()
    {
        var budget = new MemoryBudget(100);
        Assert.True(budget.HasHeadroomFor(50));
        Assert.False(budget.HasHeadroomFor(51));
        budget.TryReserve(50);
        Assert.True(budget.HasHeadroomFor(0));
        Assert.False(budget.HasHeadroomFor(1));
    }

    [Fact]
    public void Negative_amounts_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MemoryBudget(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MemoryBudget.Shared.TryReserve(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MemoryBudget.Shared.Release(-1));
        Assert.True(MemoryBudget.Shared.Limit > 0);
    }

    [Fact]
    public async Task From_many_threads_it_never_gives_more_than_it_has()
    {
        var budget = new MemoryBudget(10);
        var given = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                if (budget.TryReserve(3))
                {
                    Assert.InRange(Interlocked.Add(ref given, 3), 0, 10);
                    Interlocked.Add(ref given, -3);
                    budget.Release(3);
                }
            }
        })));
        Assert.Equal(0, budget.Used);
    }
}
