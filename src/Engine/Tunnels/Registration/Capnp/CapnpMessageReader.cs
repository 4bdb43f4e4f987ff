using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace Engine.Tunnels.Registration.Capnp;

/// <summary>Cuts a stream of bytes into messages.</summary>
/// <remarks>
/// Borrows the pipe; one reader at a time. Bytes are taken out of the pipe as they come, so that a message larger than a
/// flow-control window arrives, and memory grows with what came, not with what was promised.
/// <code>
/// u32 segments - 1 | u32 words of each segment ... | padding to 8 | segment | segment ...
/// </code>
/// </remarks>
internal sealed class CapnpMessageReader(PipeReader input)
{
    private const int PrefixLength = 4;

    private byte[] _head = new byte[64];
    private byte[] _body = [];
    private int[] _starts = [];
    private int _headLength;
    private int _bodyLength;

    /// <summary>The largest message, all segments together; settable between messages.</summary>
    public int MaxSize { get; set; } = MessageLimits.MaxSize;

    /// <summary>Reads the next message.</summary>
    /// <returns>The message, or null when the stream ended between messages.</returns>
    /// <exception cref="MessageFormatException">The head breaks a limit, or the stream ended inside a message.</exception>
    public async ValueTask<CapnpMessage?> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            var consumed = result.Buffer.Start;
            try
            {
                if (TryTake(result.Buffer, out consumed, out var message))
                {
                    return message;
                }
            }
            finally
            {
                input.AdvanceTo(consumed, consumed);
            }

            if (result.IsCanceled)
            {
                throw new OperationCanceledException("The read of a control message was cancelled.");
            }

            if (result.IsCompleted)
            {
                return _headLength == 0 ? null : throw new MessageFormatException("The stream ended inside a message.");
            }
        }
    }

    private bool TryTake(in ReadOnlySequence<byte> buffer, out SequencePosition consumed, out CapnpMessage? message)
    {
        var reader = new SequenceReader<byte>(buffer);
        message = null;
        if (TryTakeHead(ref reader) && TryTakeBody(ref reader))
        {
            message = new CapnpMessage(_body, _starts);
            _body = [];
            _starts = [];
            _headLength = 0;
            _bodyLength = 0;
        }

        consumed = reader.Position;
        return message is not null;
    }

    private bool TryTakeHead(ref SequenceReader<byte> reader)
    {
        if (_starts.Length > 0)
        {
            return true;
        }

        if (!Fill(ref reader, ref _head, ref _headLength, PrefixLength))
        {
            return false;
        }

        var segments = BinaryPrimitives.ReadUInt32LittleEndian(_head) + 1UL;
        if (segments > MessageLimits.MaxSegments)
        {
            throw new MessageFormatException($"A message has {segments} segments; {MessageLimits.MaxSegments} is the limit.");
        }

        var length = (PrefixLength + ((int)segments * 4) + 7) & ~7;
        if (!Fill(ref reader, ref _head, ref _headLength, length))
        {
            return false;
        }

        _starts = ReadStarts((int)segments);
        return true;
    }

    private int[] ReadStarts(int segments)
    {
        var starts = new int[segments + 1];
        long end = 0;
        for (var i = 0; i < segments; i++)
        {
            end += BinaryPrimitives.ReadUInt32LittleEndian(_head.AsSpan(PrefixLength + (i * 4))) * 8L;
            if (end > MaxSize)
            {
                throw new MessageFormatException($"A message is larger than {MaxSize} octets.");
            }

            starts[i + 1] = (int)end;
        }

        return starts;
    }

    private bool TryTakeBody(ref SequenceReader<byte> reader) => Fill(ref reader, ref _body, ref _bodyLength, _starts[^1]);

    /// <summary>Copies what there is until <paramref name="length"/> octets are in; true when they are.</summary>
    private static bool Fill(ref SequenceReader<byte> reader, ref byte[] target, ref int filled, int length)
    {
        var count = (int)Math.Min(reader.Remaining, length - filled);
        if (count > 0)
        {
            if (target.Length < filled + count)
            {
                Array.Resize(ref target, Math.Min(length, Math.Max(filled + count, target.Length * 2)));
            }

            reader.TryCopyTo(target.AsSpan(filled, count));
            reader.Advance(count);
            filled += count;
        }

        return filled >= length;
    }
}
