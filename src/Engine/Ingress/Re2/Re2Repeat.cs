using System.Globalization;

namespace Engine.Ingress.Re2;

/// <summary>A repetition: <c>* + ?</c> or counts in braces.</summary>
internal readonly record struct Re2Repeat(string Text, int Count)
{
    private const int MaxRepeat = 1000;

    /// <summary>Takes a repetition, if one stands here; a brace that begins none is an ordinary character.</summary>
    public static bool TryRead(ref Re2Reader reader, out Re2Repeat repeat)
    {
        if (!TryReadOne(ref reader, out repeat))
        {
            return false;
        }

        // Laziness changes which match is found, never whether there is one.
        reader.TryTake('?');
        var start = reader.Position;
        if (TryReadOne(ref reader, out _))
        {
            reader.Rewind(start);
            throw reader.Fault("a repetition cannot be repeated; put the first one in '(?:…)'.");
        }

        return true;
    }

    /// <summary>Whether the brace just taken begins a repetition.</summary>
    public static bool IsOne(Re2Reader reader)
    {
        reader.Rewind(reader.Position - 1);
        return TryReadCounts(ref reader, out _);
    }

    private static bool TryReadOne(ref Re2Reader reader, out Re2Repeat repeat)
    {
        repeat = default;
        if (reader.PeekOrEnd() is '*' or '+' or '?')
        {
            repeat = new Re2Repeat(((char)reader.Take()).ToString(), 1);
            return true;
        }

        return reader.PeekOrEnd() == '{' && TryReadCounts(ref reader, out repeat);
    }

    private static bool TryReadCounts(ref Re2Reader reader, out Re2Repeat repeat)
    {
        repeat = default;
        var start = reader.Position;
        reader.Take();
        var hasMaximum = true;
        if (TryReadNumber(ref reader, out var minimum))
        {
            var maximum = minimum;
            if (reader.TryTake(','))
            {
                hasMaximum = TryReadNumber(ref reader, out maximum);
            }

            if (reader.TryTake('}'))
            {
                if (minimum > MaxRepeat || (hasMaximum && (maximum > MaxRepeat || maximum < minimum)))
                {
                    reader.Rewind(start);
                    throw reader.Fault($"repeat counts go from 0 to {MaxRepeat}, the smaller one first.");
                }

                repeat = hasMaximum
                    ? new Re2Repeat(string.Create(CultureInfo.InvariantCulture, $"{{{minimum},{maximum}}}"), maximum)
                    : new Re2Repeat(string.Create(CultureInfo.InvariantCulture, $"{{{minimum},}}"), minimum);
                return true;
            }
        }

        reader.Rewind(start);
        return false;
    }

    private static bool TryReadNumber(ref Re2Reader reader, out int number)
    {
        number = 0;
        var digits = 0;
        while (reader.PeekOrEnd() is >= '0' and <= '9')
        {
            number = Math.Min((number * 10) + (reader.Take() - '0'), MaxRepeat + 1);
            digits++;
        }

        return digits > 0;
    }
}
