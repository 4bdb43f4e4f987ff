using System.Security.Cryptography;

namespace Engine.EndToEnd.Origins;

/// <summary>A big file in which no two mebibytes are equal, and its hash.</summary>
internal static class BulkFile
{
    private const int BlockSize = 1 << 20;

    /// <summary>Writes the file and returns its SHA-256.</summary>
    public static string Write(string path, int mebibytes)
    {
        using var file = File.Create(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var block in Blocks(mebibytes))
        {
            hash.AppendData(block.Span);
            file.Write(block.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The same octets without a file; each block is valid until the next is asked for.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Blocks(int mebibytes)
    {
        var block = new byte[BlockSize];
        new Random(42).NextBytes(block);
        for (var index = 0; index < mebibytes; index++)
        {
            BitConverter.TryWriteBytes(block.AsSpan(index % 1000 * 8), index);
            yield return block;
        }
    }

    /// <summary>Reads a stream to its end and returns its length and SHA-256.</summary>
    public static async Task<(long Length, string Hash)> DigestAsync(Stream stream, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 18];
        long length = 0;
        while (await stream.ReadAsync(buffer, cancellation) is var count and > 0)
        {
            hash.AppendData(buffer, 0, count);
            length += count;
        }

        return (length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
