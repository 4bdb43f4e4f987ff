// The tests measure delays and move gigabytes: two at a time would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
