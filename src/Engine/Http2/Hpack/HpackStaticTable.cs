namespace Engine.Http2.Hpack;

/// <summary>The static table (RFC 7541 Appendix A), indexed from 1.</summary>
internal static class HpackStaticTable
{
    /// <summary>How many entries there are; the dynamic table's indices begin behind them (§2.3.3).</summary>
    public const int Count = 61;

    private const int BucketCount = 128; // a power of two, sparse: 52 names

    private static readonly byte[][] Names = new byte[Count + 1][];
    private static readonly byte[][] Values = new byte[Count + 1][];

    // The first index of a name by its hash, with linear probing; names that repeat stand together in the table.
    private static readonly byte[] Buckets = new byte[BucketCount];

    static HpackStaticTable()
    {
        string[] fields =
        [
            ":authority", ":method GET", ":method POST", ":path /", ":path /index.html", ":scheme http", ":scheme https",
            ":status 200", ":status 204", ":status 206", ":status 304", ":status 400", ":status 404", ":status 500",
            "accept-charset", "accept-encoding gzip, deflate", "accept-language", "accept-ranges", "accept",
            "access-control-allow-origin", "age", "allow", "authorization", "cache-control", "content-disposition",
            "content-encoding", "content-language", "content-length", "content-location", "content-range", "content-type",
            "cookie", "date", "etag", "expect", "expires", "from", "host", "if-match", "if-modified-since", "if-none-match",
            "if-range", "if-unmodified-since", "last-modified", "link", "location", "max-forwards", "proxy-authenticate",
            "proxy-authorization", "range", "referer", "refresh", "retry-after", "server", "set-cookie",
            "strict-transport-security", "transfer-encoding", "user-agent", "vary", "via", "www-authenticate",
        ];
        Names[0] = Values[0] = [];
        for (var index = 1; index <= Count; index++)
        {
            var field = fields[index - 1];
            var space = field.IndexOf(' ', StringComparison.Ordinal);
            Names[index] = System.Text.Encoding.ASCII.GetBytes(space < 0 ? field : field[..space]);
            Values[index] = System.Text.Encoding.ASCII.GetBytes(space < 0 ? "" : field[(space + 1)..]);
            if (!Names[index].AsSpan().SequenceEqual(Names[index - 1]))
            {
                AddToBuckets(index);
            }
        }
    }

    /// <summary>The name at <paramref name="index"/>, 1 to <see cref="Count"/>.</summary>
    public static ReadOnlySpan<byte> NameAt(int index) => Names[index];

    /// <summary>The value at <paramref name="index"/>, 1 to <see cref="Count"/>.</summary>
    public static ReadOnlySpan<byte> ValueAt(int index) => Values[index];

    /// <summary>The first index that has <paramref name="name"/>, or 0.</summary>
    public static int FindName(ReadOnlySpan<byte> name, uint nameHash)
    {
        for (var bucket = nameHash; ; bucket++)
        {
            var index = Buckets[bucket & (BucketCount - 1)];
            if (index == 0 || name.SequenceEqual(Names[index]))
            {
                return index;
            }
        }
    }

    /// <summary>The index that has the name at <paramref name="nameIndex"/> with <paramref name="value"/>, or 0.</summary>
    public static int FindValue(int nameIndex, ReadOnlySpan<byte> value)
    {
        var name = Names[nameIndex];
        for (var index = nameIndex; index <= Count && name.AsSpan().SequenceEqual(Names[index]); index++)
        {
            if (value.SequenceEqual(Values[index]))
            {
                return index;
            }
        }

        return 0;
    }

    private static void AddToBuckets(int index)
    {
        var bucket = HpackHash.OfName(Names[index]);
        while (Buckets[bucket & (BucketCount - 1)] != 0)
        {
            bucket++;
        }

        Buckets[bucket & (BucketCount - 1)] = (byte)index;
    }
}
